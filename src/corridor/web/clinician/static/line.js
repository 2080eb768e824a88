// Zooms and moves the drawing; links do the same without.
const box = document.querySelector(".drawings");
const links = [...document.querySelectorAll(".zoom a")];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const DAY = 864e5, LEAST_DAYS = 60, STEPS = [1, 2, 3, 6, 12, 24, 60, 120];
const number = (node, name) => Number(node.getAttribute(name));
const months = box?.dataset.months.split(" ");

// What is seen: the share of the drawn years that begins the view, and how many times wider it is drawn.
// A line of results begins each scale; the values of one scale must not cover each other.
let view = { from: 0, wide: 1 }, moving = 0, scale = 0;

const plots = [...document.querySelectorAll(".drawings svg")].map((svg) => {
  const { left, right, top, bottom, start, end } = svg.dataset;
  const items = [...svg.querySelectorAll(".moving :is(rect, line, circle, text, path, polyline)")].map(remembered);
  const days = { start: Date.parse(start), end: Date.parse(end) };
  return { svg, left: +left, right: +right, top: +top, bottom: +bottom, ...days, ticks: svg.querySelector(".ticks"), items };
});

function remembered(node) {
  const kind = node.localName, course = node.closest(".course"), item = { node, kind, scale };
  item.x = kind === "path" ? +node.dataset.x : number(node, { line: "x1", circle: "cx" }[kind] ?? "x");
  if (kind === "rect") item.to = item.x + number(node, "width");
  if (kind === "text") item.px = node.textContent.length * 6.7;
  if (kind === "polyline") {
    item.scale = scale += 1;
    item.points = node.getAttribute("points").match(/\S+/g).map((pair) => pair.split(",").map(Number));
  }
  if (kind === "text" && course) {
    const bars = [...course.querySelectorAll("rect")];
    const ends = bars.map((bar) => number(bar, "x") + number(bar, "width"));
    item.bar = [Math.min(...bars.map((bar) => number(bar, "x"))), Math.max(...ends)];
  }
  return item;
}

function draw() {
  moving = 0;
  for (const plot of plots) {
    const { left, right } = plot, width = right - left;
    const at = (x) => left + ((x - left) / width - view.from) * view.wide * width;
    const taken = {};
    for (const item of plot.items) place(item, at, left, right, taken);
    ticks(plot, at);
  }
  const whole = plots[0].end - plots[0].start, years = whole / view.wide / DAY / 365.25;
  for (const link of links) {
    const wanted = +link.dataset.years;
    if (+link.dataset.step || windowed) continue;
    const on = wanted ? Math.abs(years - wanted) < 0.01 && view.wide > 1 : view.wide === 1;
    link.ariaCurrent = on ? "true" : null;
  }
}

function put(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
  return node;
}

const show = (node, seen) => put(node, { visibility: seen ? "visible" : "hidden" });

function place(item, at, left, right, taken) {
  const { node, kind } = item;
  if (kind === "polyline") {
    put(node, { points: item.points.map(([x, y]) => `${at(x).toFixed(1)},${y}`).join(" ") });
    return;
  }
  const x = at(item.x), inside = x >= left - 1 && x <= right + 1;
  if (kind === "rect") {
    const from = Math.max(x, left), to = Math.min(at(item.to), right);
    show(node, to >= from);
    put(node, { x: from, width: Math.max(to - from, to >= from ? 2 : 0) });
    return;
  }
  if (kind === "line") put(node, { x1: x, x2: x });
  else if (kind === "circle") put(node, { cx: x });
  else if (kind === "path") put(node, { transform: `translate(${x - item.x} 0)` });
  else { word(item, at, left, right, taken); return; }
  show(node, inside);
}

// The name of a bar stays in view while the bar goes on.
function word(item, at, left, right, taken) {
  const { node } = item;
  if (item.bar) {
    const from = at(item.bar[0]), to = at(item.bar[1]);
    const x = Math.min(Math.max(from, left), right - item.px);
    put(node, { "text-anchor": "start", x: Math.max(x, left) });
    show(node, to >= left && from <= right);
    return;
  }
  const x = at(item.x);
  put(node, { x });
  let seen = x >= left - 1 && x <= right + 1;
  if (seen && node.classList.contains("value")) {
    const row = taken[item.scale] ??= [];
    const span = [x - item.px / 2 - 2, x + item.px / 2 + 2];
    seen = view.wide === 1 ? !node.classList.contains("spare") : row.every(([a, b]) => span[1] <= a || b <= span[0]);
    if (seen) row.push(span);
  }
  show(node, seen);
}

function ticks(plot, at) {
  const { ticks: group, left, right, top, bottom, start, end } = plot;
  plot.first ??= [...group.children];
  if (view.wide === 1) { group.replaceChildren(...plot.first); return; }
  const day = (time) => at(left + ((time - start) / (end - start)) * (right - left));
  const monthPx = day(start + 30.44 * DAY) - day(start);
  const step = STEPS.find((months) => months * monthPx >= 64) ?? 240;
  const first = new Date(start + view.from * (end - start));
  const made = [];
  for (let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step; ; month += step) {
    const year = Math.floor(month / 12), x = day(Date.UTC(year, month % 12, 1));
    if (x > right || made.length > 60) break;
    if (x < left) continue;
    made.push(svgNode("line", { class: "grid", x1: x, y1: top, x2: x, y2: bottom }));
    made.push(svgNode("text", { class: "tick", x, y: bottom + 18, "text-anchor": "middle" }));
    made.at(-1).textContent = step >= 12 ? year : `${months[month % 12]} ${year}`;
  }
  group.replaceChildren(...made);
}

const svgNode = (name, values) => put(document.createElementNS(plots[0].svg.namespaceURI, name), values);

function widest() { return Math.max(1, (plots[0].end - plots[0].start) / DAY / LEAST_DAYS); }

function go(from, wide, smooth = false) {
  wide = Math.min(Math.max(wide, 1), widest());
  from = Math.min(Math.max(from, 0), 1 - 1 / wide);
  cancelAnimationFrame(moving);
  const old = view, began = performance.now();
  if (!smooth || calm.matches) { view = { from, wide }; moving = requestAnimationFrame(draw); return; }
  const frame = () => {
    const share = Math.min((performance.now() - began) / 220, 1), soft = 1 - (1 - share) ** 3;
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

// The last years are counted back from today.
const today = plots[0]?.items.find(({ node }) => node.classList.contains("today"));
const now = today ? (today.x - plots[0].left) / (plots[0].right - plots[0].left) : 1;
const windowed = /[?&]v=/.test(location.search);
const fingers = new Map();

function follow(link, event) {
  const years = +link.dataset.years, step = +link.dataset.step;
  const whole = (plots[0].end - plots[0].start) / DAY / 365.25;
  if (windowed) return;
  event.preventDefault();
  if (step) { move(step / 2); return; }
  const wide = years ? Math.max(whole / years, 1) : 1;
  go(years ? now - 0.97 / wide : 0, wide, true);
}

const move = (share) => go(view.from + share / view.wide, view.wide, true);
const KEYS = {
  ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2),
  "+": () => zoom(1.5, 0.5, true), "-": () => zoom(1 / 1.5, 0.5, true), 0: () => go(0, 1, true),
};

function lead() {
  const sheet = document.querySelector(".sheet");
  sheet.hidden = false;
  sheet.addEventListener("click", () => print());
  put(box, { tabindex: 0, role: "group", "aria-label": box.dataset.hint });
  for (const link of links) {
    if (!link.hasAttribute("href") && !windowed) link.href = "#line";
    link.addEventListener("click", (event) => follow(link, event));
  }
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  // The wheel scrolls the page until the drawing has been chosen.
  box.addEventListener("wheel", (event) => {
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      if (view.wide === 1) return;
      event.preventDefault();
      go(view.from + (event.deltaX || event.deltaY) / 900 / view.wide, view.wide);
      return;
    }
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
  const lift = (event) => fingers.delete(event.pointerId);
  for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, lift);
  addEventListener("beforeprint", () => { view = { from: 0, wide: 1 }; draw(); });
}

if (plots.length) lead();
