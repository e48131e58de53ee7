/** Where a reader of frames is: between two messages, within one that comes in fragments, or past the end. */
export type ReadingState = 'between' | 'within-text' | 'within-binary' | 'over';

/**
 * What can come: a message in one frame (`text`, `binary`), a fragment of one (`begin …`, `go on`, `finish`), a control
 * frame, or something else than a frame (`fault`).
 */
export type FrameStep =
  | 'text'
  | 'binary'
  | 'begin text'
  | 'begin binary'
  | 'go on'
  | 'finish'
  | 'ping'
  | 'pong'
  | 'close'
  | 'fault';

/** Which frame leads where (RFC 6455, 5.4 and 5.5). One that is not listed is a fault. */
export const READING_STATES: Readonly<Record<ReadingState, Readonly<Partial<Record<FrameStep, ReadingState>>>>> = {
  between: {
    text: 'between',
    binary: 'between',
    'begin text': 'within-text',
    'begin binary': 'within-binary',
    ping: 'between',
    pong: 'between',
    close: 'over',
    fault: 'over',
  },
  'within-text': {
    'go on': 'within-text',
    finish: 'between',
    ping: 'within-text',
    pong: 'within-text',
    close: 'over',
    fault: 'over',
  },
  'within-binary': {
    'go on': 'within-binary',
    finish: 'between',
    ping: 'within-binary',
    pong: 'within-binary',
    close: 'over',
    fault: 'over',
  },
  // What follows a close frame, or a fault, is not looked at.
  over: {},
};

const FINAL = 0x80;

/** By the first octet of a frame. Reserved bits, and opcodes that stand for nothing, are faults, as is a control frame in fragments. */
const STEPS: readonly FrameStep[] = stepsBy({
  0: 'go on',
  1: 'begin text',
  2: 'begin binary',
  [FINAL | 0]: 'finish',
  [FINAL | 1]: 'text',
  [FINAL | 2]: 'binary',
  [FINAL | 8]: 'close',
  [FINAL | 9]: 'ping',
  [FINAL | 10]: 'pong',
});

function stepsBy(known: Readonly<Record<number, FrameStep>>): FrameStep[] {
  return Array.from({ length: 0x100 }, (_, first) => known[first] ?? 'fault');
}

/** What the first octet of a frame says that comes. */
export function stepOf(first: number): FrameStep {
  return STEPS[first] as FrameStep;
}

/** Whether a frame is for the connection, and not a part of a message. */
export function isControl(step: FrameStep): boolean {
  return step === 'ping' || step === 'pong' || step === 'close';
}
