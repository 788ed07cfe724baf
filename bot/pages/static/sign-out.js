// Who signs out leaves nothing unsent in this tab (desk-outbox.js) for whoever signs in next.
document.querySelector('form[action="/staff/sign-out"]').addEventListener('submit', () => {
  try {
    Object.keys(sessionStorage).filter((key) => key.startsWith('barev-desk-outbox ')).forEach((key) => sessionStorage.removeItem(key));
  } catch {
    // no storage, nothing kept
  }
});
