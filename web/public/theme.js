// Runs before the first paint, so that a chosen theme does not flash: the page's own script comes later.
(function () {
  try {
    var theme = localStorage.getItem('ringscope.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch (error) {
    // A browser that keeps nothing follows the system's theme.
  }
})();
