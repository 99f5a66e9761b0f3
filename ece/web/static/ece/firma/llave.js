// Opens a private key (encrypted PKCS#8 in DER, RFC 5958 and RFC 8018: the SAT's .key) in this browser.
// Neither the file nor its password leaves it: what comes out is a key that can only sign.
import { children, hex, oid, read } from "./der.js";
import { decrypt } from "./des.js";

const named = Object.fromEntries(Object.entries({
  pbes2: "1.2.840.113549.1.5.13", pbkdf2: "1.2.840.113549.1.5.12",
  "SHA-1": "1.2.840.113549.2.7", "SHA-256": "1.2.840.113549.2.9", "SHA-384": "1.2.840.113549.2.10", "SHA-512": "1.2.840.113549.2.11",
  "3des": "1.2.840.113549.3.7", aes128: "2.16.840.1.101.3.4.1.2", aes192: "2.16.840.1.101.3.4.1.22", aes256: "2.16.840.1.101.3.4.1.42",
}).map(([name, text]) => [hex(oid(text)), name]));
const name = (node) => named[hex(node.whole)];
const LENGTH = { "3des": 24, aes128: 16, aes192: 24, aes256: 32 };
const MOST = 10_000_000;
export const SIGN = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

export class LlaveIlegible extends Error {}
export class ClaveIncorrecta extends Error {}

function parts(der) {
  try {
    const [algorithm, encrypted] = children(read(der));
    const [scheme, parameters] = children(algorithm);
    if (name(scheme) !== "pbes2") throw new Error("scheme");
    const [derivation, cipher] = children(parameters);
    const [kdf, kdfParameters] = children(derivation);
    const [salt, count, ...rest] = children(kdfParameters);
    const [method, iv] = children(cipher);
    const prf = rest.find((node) => node.tag === 0x30);
    const found = {
      salt: salt.value, iv: iv.value, data: encrypted.value, method: name(method),
      iterations: count.value.reduce((sum, byte) => sum * 256 + byte, 0),
      hash: prf ? name(children(prf)[0]) : "SHA-1",
    };
    const known = name(kdf) === "pbkdf2" && found.method in LENGTH && found.hash?.startsWith("SHA");
    if (!known || found.iterations > MOST) throw new Error("parameters");
    return found;
  } catch {
    throw new LlaveIlegible();
  }
}

async function opened(found, secret) {
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  const derivation = { name: "PBKDF2", salt: found.salt, iterations: found.iterations, hash: found.hash };
  const key = new Uint8Array(await crypto.subtle.deriveBits(derivation, base, LENGTH[found.method] * 8));
  if (found.method === "3des") return decrypt(key, found.iv, found.data);
  const aes = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: found.iv }, aes, found.data));
}

// The password may have been typed, when the key was made, on a program that wrote it in Latin-1.
function* spellings(password) {
  yield new TextEncoder().encode(password);
  if (/[\u0080-\u00ff]/.test(password) && !/[^\u0000-\u00ff]/.test(password)) {
    yield Uint8Array.from(password, (letter) => letter.charCodeAt(0));
  }
}

export async function abrir(der, password) {
  const found = parts(der);
  for (const secret of spellings(password)) {
    let plain = null;
    try {
      plain = await opened(found, secret);
      return await crypto.subtle.importKey("pkcs8", plain, SIGN, false, ["sign"]);
    } catch {
      // Another spelling, or it is not the password.
    } finally {
      plain?.fill(0);
      secret.fill(0);
    }
  }
  throw new ClaveIncorrecta();
}

// Whether the key is the certificate's.
export async function pareja(key, certificate) {
  const [body] = children(read(certificate));
  const fields = children(body);
  const spki = fields[fields[0].tag === 0xa0 ? 6 : 5].whole;
  const open = await crypto.subtle.importKey("spki", spki, SIGN, false, ["verify"]);
  const probe = crypto.getRandomValues(new Uint8Array(32));
  return crypto.subtle.verify(SIGN, open, await crypto.subtle.sign(SIGN, key, probe), probe);
}
