// Questions on the demo page go into the chat's box; the visitor sends them.
document.addEventListener('click', (event) => {
  const asked = event.target.closest('[data-ask]');
  if (asked && window.Barev) window.Barev.open(asked.dataset.ask || undefined);
});
