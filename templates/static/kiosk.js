// What a hall's machine does beyond the page: pads that answer at once, and wiping. Without this script every key is a button of a
// form, and pages that nobody touches go to the one that asks and then to the home by themselves.
"use strict";
(() => {
  const root = document.documentElement;
  const home = "/kiosk";
  const wipe = () => {
    root.classList.add("gone"); // nothing is seen while the home comes
    location.replace(home);
  };

  // A page that comes back out of the browser's memory is of somebody who left; so is one of another sitting.
  addEventListener("pageshow", (event) => { if (event.persisted) wipe(); });
  const sitting = root.dataset.sitting;
  if (sitting) {
    if (history.state?.sitting && history.state.sitting !== sitting) {
      wipe();
      return;
    }
    history.replaceState({ sitting }, "");
  }
  for (const link of document.querySelectorAll('a[href="/kiosk"]')) {
    link.addEventListener("click", (event) => { event.preventDefault(); wipe(); });
  }
  document.querySelector("a[data-back]")?.addEventListener("click", (event) => { event.preventDefault(); history.back(); });

  // Nothing to be copied, dragged, searched for or typed.
  for (const kind of ["contextmenu", "dragstart", "selectstart"]) addEventListener(kind, (event) => event.preventDefault());
  for (const input of document.querySelectorAll("input, textarea")) {
    input.readOnly = true;
    input.inputMode = "none";
  }
  for (const link of document.querySelectorAll('a[href^="tel:"]')) link.removeAttribute("href");

  // Rest: counted down at its end, and then everything is wiped.
  const rest = Number(root.dataset.rest) * 1000;
  const warn = Number(root.dataset.warn) * 1000;
  if (rest > 0) {
    let touched = Date.now();
    let told = touched; // the server knows that somebody was there
    let still = null;
    let count = null;
    const touch = () => {
      if (still) return; // only the button goes on
      touched = Date.now();
      if (touched - told > rest / 4) {
        told = touched;
        fetch("/kiosk/on", { method: "POST" }).catch(() => {});
      }
    };
    const goOn = () => {
      still.remove();
      still = null;
      for (const part of document.body.children) part.inert = false;
      told = 0;
      touch();
    };
    const ask = () => {
      for (const part of document.body.children) part.inert = true;
      still = document.createElement("div");
      still.className = "still";
      still.setAttribute("role", "alertdialog");
      still.setAttribute("aria-label", "还在吗");
      const title = document.createElement("h2");
      title.textContent = "还在吗？";
      count = document.createElement("p");
      count.className = "count figure";
      const note = document.createElement("p");
      note.textContent = "数到 0，刚才看的就清除，别人看不到。";
      const button = document.createElement("button");
      button.className = "main";
      button.type = "button";
      button.textContent = "继续";
      button.addEventListener("click", goOn);
      still.append(title, count, note, button);
      document.body.append(still);
      button.focus();
    };
    for (const kind of ["pointerdown", "keydown", "wheel", "scroll"]) addEventListener(kind, touch, { passive: true });
    setInterval(() => {
      const left = rest - (Date.now() - touched);
      if (left <= 0) return wipe();
      if (left > warn) return;
      if (!still) ask();
      count.textContent = Math.ceil(left / 1000);
    }, 200);
  }

  // A pad. What is typed stays in this page until it is sent whole.
  const pad = document.querySelector("form[data-pad]");
  if (!pad) return;
  const send = (fields, action) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = action || pad.getAttribute("action");
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    form.submit();
    form.remove(); // the page keeps nothing of it
  };
  const keys = (take) => pad.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && take(button.name, button.value, button)) event.preventDefault();
  });
  if (pad.dataset.pad === "name") namePad(); else numberPad();

  function numberPad() {
    const phone = pad.dataset.pad === "phone";
    const most = Number(pad.dataset.length);
    const dots = pad.querySelector("[data-dots]");
    const told = pad.querySelector("[data-told]");
    let typed = "";
    if (dots.textContent.includes("●")) { // typed before without this script: begin anew, as we were not told what
      fetch(pad.getAttribute("action"), { method: "POST", body: new URLSearchParams({ key: "clear" }), redirect: "manual" });
    }
    const show = () => {
      dots.textContent = "●".repeat(typed.length) + (phone ? "" : "○".repeat(most - typed.length));
      const left = most - typed.length;
      if (phone) told.textContent = typed ? `已输入 ${typed.length} 位` : "不留电话也办，凭查询码看答复";
      else told.textContent = left ? `已输入 ${typed.length} 位，还差 ${left} 位` : `${most} 位已输全，请点“查”`;
    };
    show();
    keys((name, key, button) => {
      if (button.hasAttribute("formaction")) {
        if (typed) send({ id_number: typed }, button.getAttribute("formaction"));
        typed = "";
        return true;
      }
      if (key === "send") { send({ key, phone: typed }); return true; }
      if (key === "other") return false;
      if (key === "del") typed = typed.slice(0, -1);
      else if (key === "clear") typed = "";
      else if (typed.length < most && (key !== "X" || typed.length === most - 1)) typed += key;
      show();
      return true;
    });
  }

  // The rules are those of portal/namepad.go, the table is the same file.
  async function namePad() {
    const perShelf = 12;
    let lines;
    try {
      lines = (await (await fetch(pad.dataset.table)).text()).trim().split("\n");
    } catch {
      return; // the buttons are forms, still
    }
    const rank = (text) => new Map([...text].map((c, i) => [c, i]));
    const surnames = rank(lines[0]);
    const given = rank(lines[1]);
    const table = new Map(lines.slice(2).map((line) => {
      const [syllable, mostly, sometimes] = line.split(" ");
      return [syllable, { mostly: [...mostly], sometimes: [...(sometimes || "")] }];
    }));
    const cut = (letters) => {
      for (let n = letters.length; n > 0; n--) {
        for (const s of table.keys()) if (s.startsWith(letters.slice(0, n))) return n;
      }
      return 0;
    };
    const offer = (letters, first) => {
      const typed = letters.slice(0, cut(letters));
      if (!typed) return [];
      const of = first ? surnames : given;
      const frequent = (list) => list.filter((c) => of.has(c)).sort((a, b) => of.get(a) - of.get(b));
      const whole = table.get(typed) || { mostly: [], sometimes: [] };
      const longer = [...table].filter(([s]) => s !== typed && s.startsWith(typed)).flatMap(([, line]) => line.mostly);
      return [...new Set([...frequent(whole.mostly), ...whole.mostly, ...whole.sometimes, ...frequent(longer)])];
    };

    let name = pad.dataset.name;
    let letters = pad.dataset.letters;
    let shelf = 0;
    const typed = pad.querySelector("[data-typed]");
    const spelt = pad.querySelector("[data-letters-typed]");
    const empty = pad.querySelector("[data-empty]");
    const box = pad.querySelector("[data-offer]");
    const [back, next] = pad.querySelectorAll("[data-shelves] button");
    const show = () => {
      const all = offer(letters, !name);
      const shelves = Math.ceil(all.length / perShelf);
      shelf = Math.max(0, Math.min(shelf, shelves - 1));
      typed.textContent = name;
      spelt.textContent = letters;
      if (empty) empty.hidden = name !== "" || letters !== "";
      back.disabled = shelf === 0;
      next.disabled = shelf >= shelves - 1;
      box.replaceChildren(...all.slice(shelf * perShelf, (shelf + 1) * perShelf).map((c) => {
        const button = document.createElement("button");
        button.name = "pick";
        button.value = c;
        button.textContent = c;
        return button;
      }));
    };
    show();
    keys((what, key) => {
      if (what === "pick") {
        letters = letters.slice(cut(letters));
        name += key;
        shelf = 0;
      } else if (key === "go" || key === "people") {
        if (!name) return false;
        send({ key, name });
        return true;
      } else if (key === "clear") {
        name = letters = "";
      } else if (key === "del") {
        if (letters) letters = letters.slice(0, -1);
        else name = [...name].slice(0, -1).join("");
        shelf = 0;
      } else if (key === "next") shelf++;
      else if (key === "back") shelf--;
      else if (key === "·") {
        if (name && !letters) name += key;
      } else if (letters.length < 24) {
        letters += key;
        shelf = 0;
      }
      show();
      return true;
    });
    pad.dataset.ready = "1";
  }
})();
