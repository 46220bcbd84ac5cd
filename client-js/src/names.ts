/** A random name of 32 digits; `crypto.randomUUID` is there only on pages that came encrypted. */
export const randomName = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
