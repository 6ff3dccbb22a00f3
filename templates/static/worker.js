// Keeps one page for when the network or the server is away, with the files it is made of, and nothing else: no page that somebody
// asked for is ever kept. The server writes the list of files above this line.
"use strict";
const place = "away " + files.join(" ");

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(place).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name !== place).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  const kept = (name) => caches.match(name, { ignoreVary: true });
  if (event.request.mode === "navigate" && !path.startsWith("/office")) {
    event.respondWith(fetch(event.request).catch(() => kept(files[0])));
  } else if (files.includes(path)) {
    event.respondWith(fetch(event.request).catch(() => kept(path)));
  }
});
