// Places and what is known of them.
import { defineTool } from 'atelier';
import { z } from 'zod';

const places = [
  { name: 'Lisbon', country: 'Portugal', people: 575_739 },
  { name: 'Oslo', country: 'Norway', people: 724_290 },
  { name: 'Quito', country: 'Ecuador', people: 1_763_275 },
];

export const findPlace = defineTool({
  name: 'findPlace',
  description: 'What is known of a place; null where it is unknown.',
  input: z.object({ name: z.string() }),
  output: z.object({ name: z.string(), country: z.string(), people: z.number() }).nullable(),
  effect: 'read',
  run: ({ name }) => places.find((place) => place.name.toLowerCase() === name.toLowerCase()) ?? null,
});
