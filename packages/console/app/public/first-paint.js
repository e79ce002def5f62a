// Runs before anything is drawn, so that a chosen theme does not flash the other one first.
try {
  const theme = localStorage.getItem("fovea.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // storage is refused: the theme of the system it is
}
