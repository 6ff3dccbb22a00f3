// Completes the last word typed in the box to a place, fund or agency. The words come once, as one list without any person
// in it, and are looked through here: what is typed is not sent anywhere before the question itself is.
(() => {
  const box = document.querySelector('input[list="words"]');
  const offer = document.getElementById("words");
  if (!box || !offer) return;
  const most = 8;
  let words;
  const load = () => (words ??= fetch("/words.json").then((r) => (r.ok ? r.json() : [])).catch(() => []));
  box.addEventListener("focus", load, { once: true });
  box.addEventListener("input", async () => {
    const [, head, last] = box.value.match(/^(.*[\s,，])?(.*)$/su);
    if ([...last].length < 2) return offer.replaceChildren();
    const hits = (await load()).filter((w) => w.includes(last) && w !== last);
    hits.sort((a, b) => b.startsWith(last) - a.startsWith(last));
    offer.replaceChildren(...hits.slice(0, most).map((w) => new Option(w, (head ?? "") + w)));
  });
})();
