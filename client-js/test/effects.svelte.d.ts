export function follow<V>(read: () => V, hear: (value: V) => void): () => void;
