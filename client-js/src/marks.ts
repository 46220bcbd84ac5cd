/**
 * Numbers that the server keeps exactly and JavaScript cannot: integers beyond 2^53, `1e400`, more digits than a double has. In what is
 * kept on the device such a number is a *mark*, a string of NUL and its text, which no document can contain otherwise. It is shown as the nearest
 * number there is, and goes back as its text. What deals with them is in `numbers.ts`, which is loaded when there are some.
 */
export const isMark = (value: unknown): value is string => typeof value === "string" && /^\0-?\d[\d.eE+-]*$/.test(value);

/** Whether there may be such numbers in a text; strings are not told apart, so it may be wrong. */
export const mayNeedMarks = (json: string): boolean => /[:,[\s]-?(?:[\d.]{16}|[\d.]+[eE][+-]?\d{3})/.test(json);

/** Whether there may be marks in the text of JSON. */
export const mayHaveMarks = (json: string): boolean => json.includes('"\\u0000');
