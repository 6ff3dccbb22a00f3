// Works out the challenge's proof of work: the number that, written behind the salt, hashes to the challenge. It has its own
// SHA-256, because the browser's is given to pages over HTTPS only, and is slow for many short texts. Without JavaScript the
// picture or the question stands in its place.
(() => {
  const form = document.getElementById("proof");
  const working = document.getElementById("working");
  if (!form || !working || form.dataset.algorithm !== "SHA-256") return;
  const { challenge, salt, signature, algorithm } = form.dataset;
  const most = Number(form.dataset.most);

  // The constants are the first 32 bits of the fractional parts of roots of the first primes.
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
  const start = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
  const W = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  const compress = (H, block, at) => {
    for (let i = 0; i < 16; i++) {
      const j = at + i * 4;
      W[i] = (block[j] << 24) | (block[j + 1] << 16) | (block[j + 2] << 8) | block[j + 3];
    }
    for (let i = 16; i < 64; i++) {
      const a = W[i - 15], b = W[i - 2];
      W[i] = (W[i - 16] + W[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
    }
    let [a, b, c, d, e, f, g, h] = H;
    for (let i = 0; i < 64; i++) {
      const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    H[0] += a; H[1] += b; H[2] += c; H[3] += d; H[4] += e; H[5] += f; H[6] += g; H[7] += h;
  };

  // Whole blocks of the salt are hashed once; only what is left changes with the number.
  const bytes = new TextEncoder().encode(salt);
  const whole = bytes.length - (bytes.length % 64);
  const prefix = Int32Array.from(start);
  for (let i = 0; i < whole; i += 64) compress(prefix, bytes, i);
  const rest = bytes.subarray(whole);
  const last = new Uint8Array(128);
  const H = new Int32Array(8);
  const first = parseInt(challenge.slice(0, 8), 16) | 0;
  const hex = () => Array.from(H, (x) => (x >>> 0).toString(16).padStart(8, "0")).join("");

  const hits = (number) => {
    const text = String(number);
    last.fill(0);
    last.set(rest);
    for (let i = 0; i < text.length; i++) last[rest.length + i] = text.charCodeAt(i);
    const length = rest.length + text.length;
    last[length] = 0x80;
    const end = length + 9 > 64 ? 128 : 64;
    const bits = (whole + length) * 8;
    last[end - 2] = bits >>> 8;
    last[end - 1] = bits;
    H.set(prefix);
    for (let i = 0; i < end; i += 64) compress(H, last, i);
    return H[0] === first && hex() === challenge;
  };

  const byHand = document.getElementById("by-hand");
  const bar = working.querySelector("progress");
  working.hidden = false;
  byHand.hidden = true;
  let number = 0;
  const stretch = () => {
    const until = performance.now() + 40; // then the page gets its turn
    while (performance.now() < until) {
      for (let i = 0; i < 500; i++, number++) {
        if (hits(number)) {
          form.elements.proof.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
          return form.submit();
        }
      }
      if (number > most) {
        working.hidden = true;
        byHand.hidden = false; // something is amiss: by hand, then
        return;
      }
    }
    bar.value = (number / most) * 100;
    setTimeout(stretch);
  };
  setTimeout(stretch);
})();
