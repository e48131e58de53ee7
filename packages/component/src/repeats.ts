import type { ProcedureDescription, TopicDescription } from './description.js';
import type { Problems } from './problems.js';

/** What of a component could stand twice. */
export interface Offered {
  readonly procedures: readonly Pick<ProcedureDescription, 'uri' | 'method'>[];
  readonly topics: readonly Pick<TopicDescription, 'topic' | 'method'>[];
}

/** Complains of procedures that come twice, and of methods that would get each event twice. Unknown URIs repeat nothing. */
export function complainOfRepeats({ procedures, topics }: Offered, problems: Problems): void {
  procedures.forEach(({ uri, method }, i) => {
    if (typeof uri !== 'string') return;
    const earlier = procedures.findIndex((other) => other.uri === uri);
    const what =
      procedures[earlier]?.method === method
        ? 'registered twice'
        : `registered by ${procedures[earlier]?.method}() too`;
    if (earlier < i) problems.add(`${method}()`, `the procedure ${uri} is ${what}; a procedure has one method`);
  });
  topics.forEach(({ topic, method }, i) => {
    if (typeof topic !== 'string') return;
    const earlier = topics.findIndex((other) => other.topic === topic && other.method === method);
    if (earlier < i)
      problems.add(`${method}()`, `subscribes to ${topic} twice and would get each event twice; leave one`);
  });
}
