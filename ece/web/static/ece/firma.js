// A signature by hand: strokes with their time and pressure, kept as numbers and drawn as they come.
const WIDTH = 600, HEIGHT = 200, FEW = 2;

for (const box of document.querySelectorAll("[data-firma]")) {
  const canvas = box.querySelector("canvas"), hidden = document.getElementById(box.dataset.firma);
  const pen = canvas.getContext("2d"), strokes = JSON.parse(hidden.value || "[]");
  let current = null, began = 0;
  const ink = () => {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    for (const stroke of strokes) {
      for (let i = 1; i < stroke.length; i += 1) {
        pen.lineWidth = 2 + 4 * stroke[i][3];
        pen.beginPath();
        pen.moveTo(stroke[i - 1][0], stroke[i - 1][1]);
        pen.lineTo(stroke[i][0], stroke[i][1]);
        pen.stroke();
      }
    }
  };
  const point = (event) => {
    const edge = canvas.getBoundingClientRect();
    return [
      Math.round(((event.clientX - edge.left) * WIDTH) / edge.width),
      Math.round(((event.clientY - edge.top) * HEIGHT) / edge.height),
      Math.round(event.timeStamp - began),
      Number((event.pressure || 0.5).toFixed(2)),
    ];
  };
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    began ||= event.timeStamp;
    current = [point(event)];
    strokes.push(current);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || !event.isPrimary) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    current.push(...(moves.length ? moves : [event]).map(point));
    ink();
  });
  const lift = () => {
    if (!current) return;
    if (current.length < FEW) strokes.pop();
    current = null;
    hidden.value = JSON.stringify(strokes);
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  box.querySelector("[data-borrar]").addEventListener("click", () => {
    strokes.length = 0;
    hidden.value = "";
    ink();
  });
  box.hidden = false;
  ink();
}
