// What a shop's own page would do: sign its customer in, tell the chat, and log out again.
(function () {
  'use strict';
  var base = document.currentScript.getAttribute('data-base') || '';
  var who = document.getElementById('who');
  var chat = window.Deskbell = window.Deskbell || [];
  function say(text) { if (who) who.textContent = text; }
  function tell() { (window.Deskbell || chat).push([].slice.call(arguments)); }
  function signIn(name) {
    return fetch(base + '/demo/token?user=' + name).then(function (answer) { return answer.json(); }).then(function (body) {
      tell('setUser', body.token);
      sessionStorage.setItem('demo-user', name);
      say('You are signed in as Zoe. The chat knows it by a signed token.');
    }).catch(function () { say('The sign-in did not work. Is the demo still running?'); });
  }
  var acts = {
    'sign-in': function () { signIn('zoe'); },
    'log-out': function () { tell('logout'); sessionStorage.removeItem('demo-user'); say('You are a visitor again; nothing of Zoe is left in this browser.'); },
    show: function () { tell('show'); },
    rtl: function () { document.documentElement.dir = document.documentElement.dir === 'rtl' ? 'ltr' : 'rtl'; },
  };
  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-do]');
    if (button) acts[button.getAttribute('data-do')]();
  });
  if (sessionStorage.getItem('demo-user')) signIn(sessionStorage.getItem('demo-user'));
})();
