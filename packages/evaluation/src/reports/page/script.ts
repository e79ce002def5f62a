/**
 * The script of a report: the threshold sliders, and arrow keys in confusion matrices. It reads the page alone.
 * Without it the report shows the same, at the threshold in use.
 */
export const script = `
for (const root of document.querySelectorAll("[data-thresholds]")) {
  const data = JSON.parse(document.getElementById(root.dataset.thresholds).textContent);
  const part = (name) => root.querySelector('[data-part="' + name + '"]');
  const slider = part("slider");
  const choice = part("series");
  slider.disabled = false;
  const show = () => {
    const index = choice ? Number(choice.value) : 0;
    const { thresholds, names, values } = data[index];
    const at = Number(slider.value);
    const first = thresholds[0];
    const span = thresholds[thresholds.length - 1] - first;
    part("threshold").textContent = thresholds[at];
    root.querySelectorAll("[data-reading]").forEach((reading, i) => {
      reading.hidden = i >= names.length;
      reading.firstElementChild.textContent = names[i] ?? "";
      reading.lastElementChild.textContent = values[at][i] ?? "";
    });
    root.querySelectorAll("[data-chart]").forEach((chart, i) => {
      chart.hidden = i !== index;
    });
    const drawing = root.querySelector('[data-chart="' + index + '"] svg');
    const left = Number(drawing.dataset.left);
    const width = Number(drawing.dataset.right) - left;
    const x = left + (span > 0 ? (thresholds[at] - first) / span : 0) * width;
    drawing.querySelector(".cursor").setAttribute("transform", "translate(" + x.toFixed(2) + " 0)");
    slider.setAttribute(
      "aria-valuetext",
      thresholds[at] + ": " + names.map((name, i) => name + " " + values[at][i]).join(", "),
    );
  };
  slider.addEventListener("input", show);
  choice?.addEventListener("change", () => {
    const { thresholds, start } = data[Number(choice.value)];
    slider.max = thresholds.length - 1;
    slider.value = start;
    show();
  });
  show();
}

const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
for (const matrix of document.querySelectorAll("table.matrix")) {
  const rows = [...matrix.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.querySelector("button")));
  const buttons = rows.flat().filter(Boolean);
  const reach = (button) => buttons.forEach((other) => other.setAttribute("tabindex", other === button ? "0" : "-1"));
  if (buttons.length > 0) reach(buttons[0]);
  matrix.addEventListener("focusin", (event) => {
    if (buttons.includes(event.target)) reach(event.target);
  });
  matrix.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || !buttons.includes(event.target)) return;
    event.preventDefault();
    let row = rows.findIndex((cells) => cells.includes(event.target));
    let column = rows[row].indexOf(event.target);
    do {
      row += step[0];
      column += step[1];
    } while (rows[row] && column in rows[row] && !rows[row][column]);
    rows[row]?.[column]?.focus();
  });
}

// by hand: an autofocus attribute would ask for the focus while the page loads, and Chromium complain of it
for (const pictures of document.querySelectorAll(".popover"))
  pictures.addEventListener("toggle", ({ newState }) => {
    if (newState === "open") pictures.querySelector(".close").focus();
  });
`;
