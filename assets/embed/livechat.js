// LiveChat's embed code over our loader: window.__lc and the queue LiveChatWidget. What each call becomes stands in
// assets/embed/README.md. Nothing here speaks with a network; the loader and its frame do.
(() => {
  'use strict';
  const script = document.currentScript;
  const base = script ? script.src.replace(/\/tracking\.js.*$/, '') : '';
  const widget = window.LiveChatWidget = window.LiveChatWidget || stub();
  if (widget._h) return;

  /** What theirs is before it has loaded, for a page that brings none. */
  function stub() {
    const made = { _q: [], _h: null, _v: '2.0' };
    const say = (method, args) => (made._h ? made._h(method, args) : made._q.push([method, args]));
    for (const method of ['on', 'once', 'off', 'call']) made[method] = (...args) => { say(method, args); };
    made.get = (...args) => { if (!made._h) throw new Error('[LiveChatWidget] You cannot use getters before load.'); return say('get', args); };
    return made;
  }

  const EVENTS = ['new_event', 'form_submitted', 'rating_submitted', 'rich_message_button_clicked'];
  let chat = null, loading = false, ready = false, availability = 'online', visibility = 'minimized', customer = blank(), talk = { chatId: null, threadId: null }, variables = {};
  /** @type {{event: string, fn: Function, once: boolean}[]} */ let subscribers = [];

  function blank() { return { id: '', name: '', email: '', isReturning: false, status: 'browsing', sessionVariables: {} }; }
  const state = () => ({ availability, visibility });

  function emit(event, ...data) {
    for (const one of subscribers.filter((entry) => entry.event === event)) {
      if (one.once) subscribers = subscribers.filter((entry) => entry !== one);
      try { one.fn(...data); } catch (error) { console.error(error); }
    }
  }
  function subscribe(event, fn, once) {
    if (typeof fn !== 'function') return;
    // Who comes late to the beginning hears of it at once.
    if (event === 'ready' && ready) { fn({ state: state(), customerData: customer }); if (once) return; }
    subscribers.push({ event, fn, once });
  }
  function show(now) {
    if (now === visibility) return;
    visibility = now;
    emit('visibility_changed', { visibility });
  }

  /** `{k: v}`, `[{name, value}]` or `[[k, v]]`. */
  function fields(given) {
    const pairs = Array.isArray(given) ? given.map((entry) => (Array.isArray(entry) ? entry : Object.keys(entry || {}).length === 1 ? Object.entries(entry)[0] : [entry && entry.name, entry && entry.value])) : Object.entries(given || {});
    return Object.fromEntries(pairs.filter(([name]) => name).map(([name, value]) => [String(name), String(value)]));
  }
  function told(values) {
    variables = values;
    customer = { ...customer, sessionVariables: { ...values } };
    chat.tell('variables', { values });
  }

  const CALLS = {
    maximize(how) { chat.conceal(false); if (how && how.messageDraft) chat.tell('draft', { text: String(how.messageDraft) }); chat.show(); },
    minimize() { chat.conceal(false); chat.hide(); show('minimized'); },
    hide() { show('hidden'); chat.hide(); chat.conceal(true); },
    destroy() { destroy(); },
    hide_greeting() {},
    set_customer_name(name) { customer = { ...customer, name: String(name) }; chat.identify({ name: String(name) }); },
    set_customer_email(email) { customer = { ...customer, email: String(email) }; chat.identify({ email: String(email) }); },
    set_session_variables(values) { told(fields(values)); },
    update_session_variables(values) { told({ ...variables, ...fields(values) }); },
    trigger_sales_tracker() {},
    track_sales_event() {},
  };
  const GETS = { state, customer_data: () => customer, chat_data: () => talk };

  function handle(method, args) {
    const [name, ...rest] = args;
    if (method === 'on' || method === 'once') subscribe(name, rest[0], method === 'once');
    else if (method === 'off') subscribers = subscribers.filter((entry) => entry.event !== name || entry.fn !== rest[0]);
    else if (method === 'call') { if (Object.hasOwn(CALLS, name)) CALLS[name](...rest); else console.error('[LiveChatWidget] unknown method ' + name); } else if (method === 'get') {
      if (!Object.hasOwn(GETS, name)) throw new Error('[LiveChatWidget] unknown getter ' + name);
      return GETS[name]();
    } else if (method === 'init') load();
    return undefined;
  }

  function heard(name, data) {
    if (name === 'onShow') show('maximized');
    else if (name === 'onHide') { if (visibility === 'maximized') show('minimized'); }
    else if (name === 'availability') { if (data !== availability) { availability = data; emit('availability_changed', { availability }); } }
    else if (name === 'customer') {
      const { status } = customer;
      customer = { ...data, name: customer.name || data.name, email: customer.email || data.email, sessionVariables: { ...variables } };
      if (status !== data.status) emit('customer_status_changed', { status: data.status });
    } else if (name === 'chat') talk = data;
    else if (EVENTS.includes(name)) emit(name, data);
  }

  function begin() {
    const { _q: queue } = widget;
    widget._h = handle;
    widget.scriptTagVersion = () => 'tracking';
    // Oldest first; what these calls ask for in turn goes straight to the handler.
    for (const [method, args] of queue.splice(0)) handle(method, args);
    ready = true;
    emit('ready', { state: state(), customerData: customer });
    const legacy = window.LC_API;
    if (legacy && typeof legacy.on_after_load === 'function') legacy.on_after_load();
  }

  function load() {
    if (chat || loading) return;
    const settings = window.__lc || {}, { license, visitor, params } = settings;
    if (!/^[\w-]{1,64}$/.test(license === undefined ? '' : String(license))) { console.error('deskbell: __lc.license is missing or wrong'); return; }
    loading = true;
    const queue = window.Deskbell = window.Deskbell || [];
    queue.push((made) => {
      chat = made;
      chat.hear(heard);
      visibility = chat.isVisible() ? 'maximized' : 'minimized';
      // What the settings say comes before what the page calls.
      if (visitor) { if (visitor.name) CALLS.set_customer_name(visitor.name); if (visitor.email) CALLS.set_customer_email(visitor.email); }
      if (params) told(fields(params));
      begin();
    });
    const loader = document.createElement('script');
    loader.async = true;
    loader.src = base + '/w/' + license + '.js';
    if (script && script.nonce) loader.nonce = script.nonce;
    document.head.appendChild(loader);
  }

  /** Nothing stays; the page may begin again with init. */
  function destroy() {
    const was = chat;
    chat = null;
    ready = loading = false;
    availability = 'online';
    visibility = 'minimized';
    customer = blank();
    talk = { chatId: null, threadId: null };
    variables = {};
    subscribers = [];
    if (was) was.destroy();
    widget._h = null;
    widget._q = [];
  }

  // Some stubs bring an `init` that loads this file again; the others get ours.
  if (!widget.init) widget.init = () => { load(); };
  load();
})();
