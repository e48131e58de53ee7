import { expect, test } from 'vitest';
import { Line } from '../src/line.js';

test.each([1, 2, 3, 4, 5])('as an array would, whatever is put in and taken out (seed %i)', (seed) => {
  let state = seed;
  // Numbers by chance that are the same in every run (Park and Miller).
  const upTo = (most: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  };
  const line = new Line<number>();
  const model: number[] = [];
  let next = 0;
  for (let step = 0; step < 60; step++) {
    for (let i = upTo(3_000); i > 0; i--) {
      line.push(next);
      model.push(next++);
    }
    for (let i = upTo(3_500); i > 0; i--) expect(line.shift()).toBe(model.shift());
    expect([line.length, line.head]).toEqual([model.length, model[0]]);
    if (upTo(20) === 0) {
      line.clear();
      model.length = 0;
    }
  }
});
