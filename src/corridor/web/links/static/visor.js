// Opens health links and packages in the browser: the key stays in the fragment and in this page's memory.
// Sources: SMART Health Links 1.0.0; RFC 7516; RFC 7518 section 4.8; Web Cryptography API.
"use strict";
(() => {
  const form = document.getElementById("open");
  const [text, file, passcode] = ["text", "file", "passcode"].map((id) => document.getElementById(id));
  const told = document.getElementById("told");
  const record = document.getElementById("record");
  const given = (name) => JSON.parse(form.dataset[name]);
  const [titles, heads, said, origins] = ["titles", "heads", "said", "origins"].map(given);
  const MOST_BYTES = 8 * 1024 * 1024;
  const MOST_ROUNDS = 2000000;
  const MOST_ROWS = 5000;

  class Told extends Error {
    constructor(key, more) {
      super(said[key] || said.unread);
      this.more = more || "";
    }
  }

  const bytes = (encoded) => {
    const plain = encoded.replace(/-/g, "+").replace(/_/g, "/").replace(/=+$/, "");
    return Uint8Array.from(atob(plain), (one) => one.charCodeAt(0));
  };
  const utf8 = (raw) => new TextDecoder("utf-8", { fatal: true }).decode(raw);

  async function inflated(raw) {
    const reader = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const parts = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MOST_BYTES) {
        await reader.cancel();
        throw new Told("too-large");
      }
      parts.push(value);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  async function opened(token, unlock) {
    if (!globalThis.crypto || !crypto.subtle) throw new Told("insecure");
    const parts = token.trim().split(".");
    if (parts.length !== 5 || token.length > MOST_BYTES * 1.4) throw new Told("unread");
    const header = JSON.parse(utf8(bytes(parts[0])));
    if (header.enc !== "A256GCM" || header.crit) throw new Told("unread");
    const key = await unlock(header, bytes(parts[1]));
    const [iv, sealed, tag] = parts.slice(2).map(bytes);
    const whole = new Uint8Array(sealed.length + tag.length);
    whole.set(sealed);
    whole.set(tag, sealed.length);
    const additionalData = new TextEncoder().encode(parts[0]);
    let plain;
    try {
      plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, whole));
    } catch {
      throw new Told("unread");
    }
    return { header, content: utf8(header.zip ? await inflated(plain) : plain) };
  }

  const withKey = (raw) => (header) => {
    if (header.alg !== "dir" || raw.length !== 32) throw new Told("unread");
    return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  };

  const withPasscode = (code) => async (header, wrapped) => {
    if (header.alg !== "PBES2-HS512+A256KW" || !(header.p2c >= 1000 && header.p2c <= MOST_ROUNDS)) throw new Told("unread");
    const encoder = new TextEncoder();
    const salt = new Uint8Array([...encoder.encode(header.alg), 0, ...bytes(header.p2s)]);
    const plain = code.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
    const base = await crypto.subtle.importKey("raw", encoder.encode(plain), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-512", salt, iterations: header.p2c };
    const outer = await crypto.subtle.deriveKey(how, base, { name: "AES-KW", length: 256 }, false, ["unwrapKey"]);
    try {
      return await crypto.subtle.unwrapKey("raw", wrapped, outer, "AES-KW", "AES-GCM", false, ["decrypt"]);
    } catch {
      throw new Told("wrong-passcode");
    }
  };

  async function asked(url, options) {
    if (!origins.includes(new URL(url).origin)) throw new Told("stranger");
    let answer;
    try {
      answer = await fetch(url, { ...options, credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" });
    } catch {
      throw new Told("silent");
    }
    if (answer.status === 401 || answer.status === 422) {
      const left = (await answer.json().catch(() => ({}))).remainingAttempts;
      throw new Told("wrong-passcode", Number.isInteger(left) && said.left.replace("{n}", left));
    }
    if ([403, 404, 410].includes(answer.status)) throw new Told("closed");
    if (!answer.ok) throw new Told("silent");
    return answer;
  }

  async function followed(link) {
    const found = /(shlink|vhlink):\/{1,2}([A-Za-z0-9+/_=-]+)$/.exec(link);
    if (!found) throw new Told("unread");
    if (found[1] === "vhlink") throw new Told("clinic-only");
    const payload = JSON.parse(utf8(bytes(found[2])));
    const flag = String(payload.flag || "");
    let exp = Number(payload.exp || 0);
    if (exp >= 1e11) exp /= 1000;
    if (exp && exp * 1000 <= Date.now()) throw new Told("over");
    if (flag.includes("P") && !passcode.value) throw new Told("wants-passcode");
    const recipient = form.dataset.recipient;
    let token;
    if (flag.includes("U")) {
      const joint = payload.url.includes("?") ? "&" : "?";
      token = await (await asked(`${payload.url}${joint}recipient=${encodeURIComponent(recipient)}`)).text();
    } else {
      const body = JSON.stringify({ recipient, embeddedLengthMax: MOST_BYTES, ...(passcode.value && { passcode: passcode.value }) });
      const manifest = await (await asked(payload.url, { method: "POST", body, headers: { "content-type": "application/json" } })).json();
      const files = Array.isArray(manifest.files) ? manifest.files : [];
      const one = files.find((each) => String(each.contentType).includes("fhir+json")) || files[0];
      if (!one) throw new Told("unread");
      token = one.embedded || (await (await asked(one.location)).text());
    }
    const plain = token.trim().startsWith("{");
    const content = plain ? token : (await opened(token, withKey(bytes(payload.key)))).content;
    return { content, issuer: new URL(payload.url).origin, exp, note: said.snapshot };
  }

  async function unpacked(token) {
    if (!passcode.value) throw new Told("wants-passcode");
    const { header, content } = await opened(token, withPasscode(passcode.value));
    if (!Number.isInteger(header.exp) || header.exp * 1000 <= Date.now()) throw new Told("over");
    return { content, issuer: String(header.iss || ""), exp: header.exp, note: said.package };
  }

  function joined(raw) {
    const parts = [...raw.matchAll(/CORRIDOR-PACKAGE (\d{1,2})\/(\d{1,2}) (\S+)/g)];
    if (!parts.length) return raw.trim();
    const byPlace = new Map(parts.map((each) => [Number(each[1]), each[3]]));
    if (byPlace.size !== Number(parts[0][2])) throw new Told("unread");
    return [...byPlace.keys()].sort((a, b) => a - b).map((place) => byPlace.get(place)).join("");
  }

  const element = (name, content, parent) => {
    const made = document.createElement(name);
    if (content) made.textContent = content;
    parent.append(made);
    return made;
  };
  const list = (found) => (Array.isArray(found) ? found : []);
  const word = (found) => (typeof found === "string" || typeof found === "number" ? String(found) : "");
  const concept = (found) =>
    found ? word(found.text) || list(found.coding).map((each) => word(each.display) || word(each.code)).find(Boolean) || "" : "";

  function quantity(found) {
    if (!found) return "";
    return `${word(found.comparator)}${word(found.comparator) && " "}${word(found.value)} ${word(found.unit || found.code)}`.trim();
  }

  function row(one, all) {
    const medication = one.medicationReference && all.get(word(one.medicationReference.reference));
    const what = concept(one.medicationCodeableConcept) || (medication && concept(medication.code)) || concept(one.code) || concept(one.vaccineCode);
    const period = one.effectivePeriod || one.onsetPeriod;
    const when = word(one.effectiveDateTime || one.onsetDateTime || one.occurrenceDateTime || one.authoredOn || one.recordedDate || one.dateTime || one.issued).slice(0, 10) ||
      (period ? [word(period.start).slice(0, 10), word(period.end).slice(0, 10)].join(" – ") : "");
    const value = quantity(one.valueQuantity) || word(one.valueString) || concept(one.valueCodeableConcept) || word(one.valueInteger) ||
      [...list(one.dosage), ...list(one.dosageInstruction)].map((each) => word(each.text)).filter(Boolean).join("; ");
    const status = word(one.status) || concept(one.clinicalStatus);
    return [when, what || one.resourceType, value, said[`status.${status}`] || status];
  }

  function show({ content, issuer, exp, note }) {
    const bundle = JSON.parse(content);
    const entries = list(bundle.entry).filter((each) => each && each.resource);
    const all = new Map();
    for (const each of entries) {
      const url = word(each.fullUrl);
      all.set(url, each.resource);
      all.set(url.split("/").slice(-2).join("/"), each.resource);
      all.set(`${each.resource.resourceType}/${url.split(":").pop()}`, each.resource);
      all.set(`${each.resource.resourceType}/${each.resource.id}`, each.resource);
    }
    const first = (kind) => (entries.find((each) => each.resource.resourceType === kind) || { resource: {} }).resource;
    const composition = first("Composition");
    const person = first("Patient");
    const name = list(person.name)[0] || {};
    record.replaceChildren();
    element("h2", word(name.text) || [...list(name.given), name.family].map(word).join(" ").trim() || word(composition.title), record);
    const source = element("ul", "", record);
    element("li", `${said.issuer} ${issuer}`, source);
    element("li", `${said.dated} ${word(composition.date).slice(0, 10)}`, source);
    if (exp) element("li", `${said.until} ${new Date(exp * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`, source);
    element("p", note, record).className = "notice";
    for (const section of list(composition.section)) {
      const code = section.code ? list(section.code.coding).map((each) => titles[each.code]).find(Boolean) : "";
      element("h3", code || word(section.title), record);
      const rows = list(section.entry).map((each) => all.get(word(each.reference))).filter(Boolean).slice(0, MOST_ROWS).map((each) => row(each, all));
      if (!rows.length) {
        const narrative = word(section.text && section.text.div).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
        element("p", narrative.slice(0, 4000) || said.nothing, record);
        continue;
      }
      const table = element("table", "", record);
      table.className = "brought";
      const head = element("tr", "", element("thead", "", table));
      for (const each of heads) element("th", each, head).scope = "col";
      const body = element("tbody", "", table);
      for (const cells of rows.sort((a, b) => (a[0] < b[0] ? 1 : -1))) {
        const line = element("tr", "", body);
        for (const cell of cells) element("bdi", cell, element("td", "", line));
      }
    }
    record.hidden = false;
    record.focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    record.hidden = true;
    told.className = "";
    told.textContent = said.opening;
    try {
      const raw = joined(file.files.length ? await file.files[0].text() : text.value);
      if (/^(HC1:|shc:\/)/.test(raw)) throw new Told("clinic-only");
      show(await (raw.startsWith("eyJ") ? unpacked(raw) : followed(raw)));
      told.textContent = "";
    } catch (error) {
      told.className = "notice bad";
      told.textContent = error instanceof Told ? `${error.message} ${error.more}`.trim() : said.unread;
    }
  });

  const brought = /#((shlink|vhlink):\/.*)$/.exec(location.href);
  if (brought) {
    text.value = brought[1];
    history.replaceState(null, "", location.pathname + location.search);
    (text.value && passcode).focus();
  }
})();
