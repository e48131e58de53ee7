import { InvalidConfiguration } from '@wamp-run/protocol';
import { BrokenComponent } from '@wamp-run/runtime';

/** Something that is to be done, and to whom. */
export interface Step {
  readonly name: string;
  take(): Promise<void>;
}

/** Takes steps one after the other. Returns those that were refused, and may go later. */
export async function takeAll(steps: readonly Step[], failed: Map<string, Error>): Promise<Step[]> {
  const refused: Step[] = [];
  for (const step of steps) {
    try {
      await step.take();
      failed.delete(step.name);
    } catch (error) {
      if (isRefusal(error)) refused.push(step);
      failed.set(step.name, error as Error);
    }
  }
  return refused;
}

/** It does not go beside the others as they are now. */
function isRefusal(error: unknown): boolean {
  return error instanceof BrokenComponent || error instanceof InvalidConfiguration;
}
