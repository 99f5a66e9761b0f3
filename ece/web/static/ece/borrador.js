// What a note's editor keeps on this device, until the server has it: encrypted under a key that only
// the author's pages bring, each window apart, so that neither overwrites what the other keeps.
const PATIENCE = 1500; // ms that a window which is closing may take to let its draft go.
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const letters = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));

export class Borrador {
  constructor(nota, llave) {
    this.prefix = `nota:${nota}:`;
    this.place = this.prefix + (crypto.randomUUID?.() ?? Date.now());
    this.key = crypto.subtle?.importKey("raw", bytes(llave), "AES-GCM", false, ["encrypt", "decrypt"]);
    this.queue = Promise.resolve();
    navigator.locks?.request(this.place, () => new Promise(() => {})); // Held while this window lives.
  }

  // `record` is {version, base, mine, at}: what was written here, and over what.
  keep(record) {
    if (!this.key) return;
    this.queue = this.queue.then(async () => {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify(record));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.key, plain);
      localStorage.setItem(this.place, `${letters(iv)}.${letters(sealed)}`);
    });
  }

  // Forget, unless `still` says that there is something newer to keep.
  forget(still = () => true) {
    this.queue = this.queue.then(() => { if (still()) localStorage.removeItem(this.place); });
  }

  // What windows that are gone left here: [{place, record}], oldest first.
  async left() {
    const found = [];
    for (const place of Object.keys(localStorage).filter((one) => one.startsWith(this.prefix) && one !== this.place)) {
      const record = await this.open(place);
      if (record && !(await alive(place))) found.push({ place, record });
    }
    return found.sort((a, b) => a.record.at - b.record.at);
  }

  async open(place) {
    const [iv, sealed] = (localStorage.getItem(place) ?? "").split(".");
    if (!sealed || !this.key) return null;
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await this.key, bytes(sealed));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null; // Kept by another person, or damaged: nothing of ours.
    }
  }
}

async function alive(place) {
  try {
    return await navigator.locks.request(place, { signal: AbortSignal.timeout(PATIENCE) }, () => false);
  } catch {
    return true;
  }
}
