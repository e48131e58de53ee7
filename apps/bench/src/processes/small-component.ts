// What `wamp-run` is started with: one component with one procedure.
import { defineComponent } from '@wamp-run/component';

export const Small = defineComponent({
  name: 'Small',
  prefix: 'com.small',
  setup: () => ({}),
  offer: ({ procedure }) => [procedure('add', { args: ['number', 'number'] }, (a, b) => a + b)],
});
