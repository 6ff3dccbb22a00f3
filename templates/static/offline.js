// Looks every few seconds whether the server answers again, and then opens the page that was asked for.
"use strict";
setInterval(async () => {
  try {
    if ((await fetch("/healthz", { cache: "no-store" })).ok) location.replace(location.href);
  } catch {
    // still away
  }
}, 10000);
