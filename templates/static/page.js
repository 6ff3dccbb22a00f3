// What a browser can do beyond the page: enlarge it at once, print it, read it aloud. Without this script the large edition
// costs one more loading, and printing is in the browser's menu.
"use strict";
(() => {
  const root = document.documentElement;

  const size = document.querySelector("form[data-elder]");
  size?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = size.querySelector("button");
    const on = button.value === "1";
    fetch(size.action, { method: "POST", body: new URLSearchParams({ on: button.value }), redirect: "manual" });
    root.classList.toggle("elder", on);
    button.value = on ? "0" : "1";
    button.textContent = on ? "标准版" : "长者版";
  });

  // A page for when nobody answers is fetched when all else has been, and nothing of what was read: see worker.js.
  if ("serviceWorker" in navigator && !navigator.serviceWorker.controller) {
    addEventListener("load", () => setTimeout(() => navigator.serviceWorker.register("/sw.js").catch(() => {}), 3000));
  }

  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      root.classList.toggle("largeprint", button.dataset.print === "large");
      window.print();
      root.classList.remove("largeprint");
    });
  }

  // Each sentence is in a data-say, written for the ear: amounts without separators, dates in words.
  const aloud = document.querySelector("button[data-aloud]");
  if (aloud && "speechSynthesis" in window && document.querySelector("[data-say]")) {
    aloud.hidden = false;
    const rest = () => { aloud.textContent = "朗读"; };
    aloud.addEventListener("click", () => {
      if (speechSynthesis.speaking) {
        speechSynthesis.cancel();
        rest();
        return;
      }
      const said = [...document.querySelectorAll("[data-say]")].map((e) => e.dataset.say);
      said.forEach((sentence, i) => {
        const u = new SpeechSynthesisUtterance(sentence);
        u.lang = "zh-CN";
        u.rate = 0.85;
        if (i === said.length - 1) u.onend = rest;
        speechSynthesis.speak(u);
      });
      aloud.textContent = "停止朗读";
    });
    addEventListener("pagehide", () => speechSynthesis.cancel());
  }
})();
