// The little of DER (X.690) that opening a key and signing need. The server writes the attributes
// alike, byte by byte (ece/nucleo/firma/der.py).
export const join = (...parts) => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => { out.set(part, at); return at + part.length; }, 0);
  return out;
};

export function read(bytes, at = 0) {
  const tag = bytes[at];
  let length = bytes[at + 1], from = at + 2;
  if (length & 0x80) {
    const digits = length & 0x7f;
    if (digits < 1 || digits > 4) throw new Error("der");
    length = bytes.slice(from, from + digits).reduce((sum, byte) => sum * 256 + byte, 0);
    from += digits;
  }
  const to = from + length;
  if (!(to <= bytes.length)) throw new Error("der");
  return { tag, value: bytes.slice(from, to), whole: bytes.slice(at, to), next: to };
}

export function children(node) {
  const out = [];
  for (let at = 0; at < node.value.length;) {
    const child = read(node.value, at);
    out.push(child);
    at = child.next;
  }
  return out;
}

export function tlv(tag, ...parts) {
  const value = join(...parts);
  let length = [value.length];
  if (value.length > 127) {
    length = [];
    for (let rest = value.length; rest; rest >>>= 8) length.unshift(rest & 0xff);
    length.unshift(0x80 | length.length);
  }
  return join([tag], length, value);
}

export function oid(text) {
  const [first, second, ...rest] = text.split(".").map(Number);
  const body = [first * 40 + second, ...rest].flatMap((number) => {
    const groups = [number % 128];
    for (let left = Math.floor(number / 128); left; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80);
    return groups;
  });
  return tlv(0x06, body);
}

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
export const base64url = (bytes) => base64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
