let last = 0;

/** A UUID of version 7 (RFC 9562): they sort by the time at which they were made, also within a millisecond. */
export function uuid7(now = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  // 48 bits of time and 12 of a count, which begins anywhere in the lower half of its range.
  const count = (((random[0]! << 8) | random[1]!) & 0x7ff) / 0x1000;
  last = Math.max(now + count, last + 1 / 0x1000);
  const time = Math.floor(last);
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  const rest = [...random.slice(2)].map((byte, i) => hex(i ? byte : (byte & 0x3f) | 0x80, 2)).join("");
  const ms = hex(time, 12);
  return [ms.slice(0, 8), ms.slice(8), "7" + hex(Math.floor((last - time) * 0x1000), 3), rest.slice(0, 4), rest.slice(4)].join("-");
}
