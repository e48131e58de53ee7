import { Canceled, InvalidConfiguration, type Stop } from '@wamp-run/protocol';
import { BrokenComponent } from '@wamp-run/runtime';

/** Something that is to be done, and to whom. */
export interface Step {
  readonly name: string;
  take(): Promise<void>;
}

/** How steps are taken. */
export interface Taking {
  /** Why some were not taken, by the names of whom they are about. */
  readonly failed: Map<string, Error>;
  /** From then on no step is taken any more. */
  readonly stop: Stop | undefined;
}

/** Takes steps one after the other. Returns those that were refused, and may go later. */
export async function takeAll(steps: readonly Step[], { failed, stop }: Taking): Promise<Step[]> {
  const refused: Step[] = [];
  for (const step of steps) {
    try {
      if (stop?.aborted === true) throw givenUp(step, stop);
      await step.take();
      failed.delete(step.name);
    } catch (error) {
      if (isRefusal(error)) refused.push(step);
      failed.set(step.name, error as Error);
    }
  }
  return refused;
}

function givenUp({ name }: Step, { reason }: Stop): Canceled {
  return new Canceled(`${name}: given up before its turn came`, { cause: reason, executed: 'no' });
}

/** It does not go beside the others as they are now. */
function isRefusal(error: unknown): boolean {
  return error instanceof BrokenComponent || error instanceof InvalidConfiguration;
}
