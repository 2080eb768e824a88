// A finger draws a signature; without this script the witness's fields do the same.
"use strict";
(() => {
  const paper = document.getElementById("paper");
  const field = document.getElementById("signature");
  const pen = paper && paper.getContext("2d");
  if (!pen || !field) return;
  document.getElementById("drawn").hidden = false;
  let drawn = false;
  let last = null;

  const wipe = () => {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, paper.width, paper.height);
    pen.strokeStyle = "#000000";
    pen.lineWidth = 3;
    pen.lineCap = "round";
    drawn = false;
    field.value = "";
  };
  const at = (event) => {
    const box = paper.getBoundingClientRect();
    return [((event.clientX - box.left) * paper.width) / box.width, ((event.clientY - box.top) * paper.height) / box.height];
  };
  paper.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    last = at(event);
  });
  paper.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = at(event);
    pen.beginPath();
    pen.moveTo(last[0], last[1]);
    pen.lineTo(next[0], next[1]);
    pen.stroke();
    last = next;
    drawn = true;
  });
  for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { last = null; });
  document.getElementById("wipe").addEventListener("click", wipe);
  document.getElementById("consent").addEventListener("submit", () => {
    field.value = drawn ? paper.toDataURL("image/png") : "";
  });
  wipe();
})();
