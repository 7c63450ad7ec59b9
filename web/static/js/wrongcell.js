// In the part of the sheet that is shown, the first wrong cell of the row at hand comes into view.

const cell = document.querySelector(".sheet td.err");
const sheet = cell?.closest(".sheet");

if (sheet) sheet.scrollLeft = cell.offsetLeft - sheet.clientWidth / 2;
