// Opening an application is looking at it: the form that says so is sent by itself, once, and then leaves the page.

const form = document.querySelector("[data-viewed] form");

if (form) {
  fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).then((answer) => {
    if (answer.ok) form.remove();
  });
}
