// What reads a value that Svelte watches, whenever it changes. Compiled by Svelte.
export const follow = (read, hear) => $effect.root(() => {
  $effect(() => hear(read()));
});
