// Zooms and moves the drawing of one person's care. Without it the links beside the drawing do the same.
"use strict";

const box = document.querySelector(".drawings");
const links = [...document.querySelectorAll(".zoom a")];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const DAY = 864e5, LEAST_DAYS = 60, STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600];
const number = (node, name) => Number(node.getAttribute(name));
const svgs = box ? [...box.querySelectorAll("svg")] : [];
const months = box ? box.dataset.months.split(" ") : [];

// What is seen: the share of the drawn years that begins the view, and how many times wider it is drawn.
let view = { from: 0, wide: 1 }, moving = 0;

const plots = svgs.map((svg) => {
  const { left, right, top, bottom, start, end } = svg.dataset;
  const items = [...svg.querySelectorAll(".moving rect, .moving line, .moving circle, .moving text, .moving path, .moving polyline")];
  return {
    svg, left: +left, right: +right, top: +top, bottom: +bottom, start: Date.parse(start), end: Date.parse(end),
    ticks: svg.querySelector(".ticks"), items: items.map(remembered),
  };
});

function remembered(node) {
  const kind = node.localName, course = node.closest(".course");
  const item = { node, kind, course };
  if (kind === "rect") { item.x = number(node, "x"); item.to = item.x + number(node, "width"); }
  else if (kind === "line") item.x = number(node, "x1");
  else if (kind === "circle") item.x = number(node, "cx");
  else if (kind === "path") item.x = Number(node.dataset.x);
  else if (kind === "polyline") item.points = node.getAttribute("points").trim().split(/\s+/).filter(Boolean).map((pair) => pair.split(",").map(Number));
  else { item.x = number(node, "x"); item.anchor = node.getAttribute("text-anchor"); item.px = node.textContent.length * 6.7; }
  if (kind === "text" && course) {
    const bars = [...course.querySelectorAll("rect")].map((bar) => [number(bar, "x"), number(bar, "x") + number(bar, "width")]);
    item.bar = [Math.min(...bars.map((bar) => bar[0])), Math.max(...bars.map((bar) => bar[1]))];
  }
  return item;
}

function draw() {
  moving = 0;
  for (const plot of plots) {
    const { left, right } = plot, width = right - left;
    const at = (x) => left + ((x - left) / width - view.from) * view.wide * width;
    const taken = new Map();
    for (const item of plot.items) place(item, at, left, right, taken);
    ticks(plot, at);
  }
  const whole = plots[0].end - plots[0].start, years = whole / view.wide / DAY / 365.25;
  for (const link of links) {
    const wanted = +link.dataset.years;
    if (+link.dataset.step) continue;
    const on = wanted ? Math.abs(years - wanted) < 0.01 && view.wide > 1 : view.wide === 1 && !windowed;
    if (on) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
}

function show(node, seen) { node.setAttribute("visibility", seen ? "visible" : "hidden"); }

function place(item, at, left, right, taken) {
  const { node, kind } = item;
  if (kind === "polyline") { node.setAttribute("points", item.points.map(([x, y]) => `${at(x).toFixed(1)},${y}`).join(" ")); return; }
  const x = at(item.x), inside = x >= left - 1 && x <= right + 1;
  if (kind === "rect") {
    const from = Math.max(x, left), to = Math.min(at(item.to), right);
    show(node, to >= from);
    node.setAttribute("x", from); node.setAttribute("width", Math.max(to - from, to >= from ? 2 : 0));
    return;
  }
  if (kind === "line") { node.setAttribute("x1", x); node.setAttribute("x2", x); }
  else if (kind === "circle") node.setAttribute("cx", x);
  else if (kind === "path") node.setAttribute("transform", `translate(${x - item.x} 0)`);
  else { word(item, at, left, right, taken); return; }
  show(node, inside);
}

// A name stays beside what it names: at the left edge while its bar goes on, at its line or its point otherwise.
function word(item, at, left, right, taken) {
  const { node } = item;
  if (item.bar) {
    const from = at(item.bar[0]), to = at(item.bar[1]);
    const x = Math.min(Math.max(from, left), right - item.px);
    node.setAttribute("text-anchor", "start"); node.setAttribute("x", Math.max(x, left));
    show(node, to >= left && from <= right);
    return;
  }
  const x = at(item.x);
  node.setAttribute("x", x);
  let seen = x >= left - 1 && x <= right + 1;
  if (seen && node.classList.contains("value")) {
    const row = taken.get(panelOf(node)) ?? [];
    const span = [x - item.px / 2 - 2, x + item.px / 2 + 2];
    seen = view.wide === 1 ? !node.classList.contains("spare") : row.every(([a, b]) => span[1] <= a || b <= span[0]);
    if (seen) row.push(span);
    taken.set(panelOf(node), row);
  }
  show(node, seen);
}

// Values of one scale must not cover each other; a polyline begins each scale.
function panelOf(node) {
  if (node.panel === undefined) {
    let before = node.previousElementSibling;
    while (before && before.localName !== "polyline") before = before.previousElementSibling;
    node.panel = before;
  }
  return node.panel;
}

function ticks(plot, at) {
  const { ticks: group, left, right, top, bottom, start, end } = plot;
  if (view.wide === 1) { if (plot.first) group.replaceChildren(...plot.first); return; }
  plot.first ??= [...group.children];
  const day = (time) => at(left + ((time - start) / (end - start)) * (right - left));
  const monthPx = day(start + 30.44 * DAY) - day(start);
  const step = STEPS.find((months) => months * monthPx >= 64) ?? 600;
  const first = new Date(start + view.from * (end - start));
  let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  const made = [];
  for (; made.length < 60; month += step) {
    const x = day(Date.UTC(Math.floor(month / 12), month % 12, 1));
    if (x > right) break;
    if (x < left) continue;
    const year = Math.floor(month / 12);
    made.push(svgNode("line", { class: "grid", x1: x, y1: top, x2: x, y2: bottom }));
    const text = svgNode("text", { class: "tick", x, y: bottom + 18, "text-anchor": "middle" });
    text.textContent = step >= 12 ? year : `${months[month % 12]} ${year}`;
    made.push(text);
  }
  group.replaceChildren(...made);
}

function svgNode(name, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function widest() { return Math.max(1, (plots[0].end - plots[0].start) / DAY / LEAST_DAYS); }

function go(from, wide, smooth = false) {
  wide = Math.min(Math.max(wide, 1), widest());
  from = Math.min(Math.max(from, 0), 1 - 1 / wide);
  cancelAnimationFrame(moving);
  if (!smooth || calm.matches) { view = { from, wide }; moving = requestAnimationFrame(draw); return; }
  const old = view, began = performance.now();
  const frame = (now) => {
    const share = Math.min((now - began) / 220, 1), soft = 1 - (1 - share) ** 3;
    view = { from: old.from + (from - old.from) * soft, wide: old.wide + (wide - old.wide) * soft };
    if (share === 1) view = { from, wide };
    draw();
    if (share < 1) moving = requestAnimationFrame(frame);
  };
  moving = requestAnimationFrame(frame);
}

// Zooms around a place of the view, given as a share of its width.
function zoom(times, share = 0.5, smooth = false) {
  const wide = Math.min(Math.max(view.wide * times, 1), widest());
  go(view.from + share / view.wide - share / wide, wide, smooth);
}

function shareAt(clientX) {
  const plot = plots.find(({ svg }) => svg.getBoundingClientRect().width) ?? plots[0];
  const edge = plot.svg.getBoundingClientRect(), px = edge.width / plot.svg.viewBox.baseVal.width;
  return (clientX - edge.left - plot.left * px) / ((plot.right - plot.left) * px);
}

// Where today lies among the drawn years; the last years are counted from there.
const today = plots[0]?.items.find(({ node }) => node.classList.contains("today"));
const now = today ? (today.x - plots[0].left) / (plots[0].right - plots[0].left) : 1;
const windowed = /[?&]v=/.test(location.search);
const fingers = new Map();

function follow(link, event) {
  const years = +link.dataset.years, step = +link.dataset.step;
  const whole = (plots[0].end - plots[0].start) / DAY / 365.25;
  if (windowed) return;
  event.preventDefault();
  if (step) { go(view.from + step / view.wide / 2, view.wide, true); return; }
  const wide = years ? Math.max(whole / years, 1) : 1;
  go(years ? now - 0.97 / wide : 0, wide, true);
}

const KEYS = {
  ArrowLeft: () => go(view.from - 0.2 / view.wide, view.wide, true), ArrowRight: () => go(view.from + 0.2 / view.wide, view.wide, true),
  "+": () => zoom(1.5, 0.5, true), "=": () => zoom(1.5, 0.5, true), "-": () => zoom(1 / 1.5, 0.5, true), 0: () => go(0, 1, true), Home: () => go(0, view.wide, true), End: () => go(1, view.wide, true),
};

function lead() {
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", box.dataset.hint);
  for (const link of links) {
    if (!link.hasAttribute("href") && !windowed) link.setAttribute("href", "#line");
    link.addEventListener("click", (event) => follow(link, event));
  }
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  // The wheel scrolls the page until the drawing has been chosen, or a key or a pinch asks for zoom.
  box.addEventListener("wheel", (event) => {
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) { if (view.wide > 1) { event.preventDefault(); go(view.from + (event.deltaX || event.deltaY) / 900 / view.wide, view.wide); } return; }
    if (!event.ctrlKey && document.activeElement !== box) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), shareAt(event.clientX));
  }, { passive: false });
  box.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, event.clientX); });
  box.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()].map(shareAt);
    fingers.set(event.pointerId, event.clientX);
    const after = [...fingers.values()].map(shareAt);
    if (after.length === 2) {
      const apart = Math.abs(after[0] - after[1]) / Math.max(Math.abs(before[0] - before[1]), 0.02);
      zoom(apart, (after[0] + after[1]) / 2);
    } else if (after.length === 1 && view.wide > 1) {
      if (!box.hasPointerCapture(event.pointerId)) box.setPointerCapture(event.pointerId);
      go(view.from - (after[0] - before[0]) / view.wide, view.wide);
    }
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) box.addEventListener(name, (event) => fingers.delete(event.pointerId));
  addEventListener("beforeprint", () => { view = { from: 0, wide: 1 }; draw(); });
}

if (plots.length) lead();
