// Runs before the page is drawn, so that a chosen colour scheme does not flash.
const tema = localStorage.getItem("tema");
if (tema) document.documentElement.dataset.tema = tema;
