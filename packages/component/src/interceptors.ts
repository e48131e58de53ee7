import { checkInterceptors, type Interceptor } from '@wamp-run/client';

/** The interceptors of a component; where something is wrong with them, that goes to `complain`, and there are none. */
export function checkedInterceptors(given: unknown, complain: (sentence: string) => void): readonly Interceptor[] {
  if (given === undefined) return [];
  const interceptors = given as readonly Interceptor[];
  try {
    checkInterceptors(interceptors, "the option 'interceptors'");
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return [];
  }
  return interceptors;
}
