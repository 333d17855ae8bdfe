// A soft bell, made on the spot: two decaying partials. No file to load, and never before the person did something
// on the page (browsers would refuse, and a page that rings by itself is rude).

/** @type {AudioContext|null} */ let context = null;

/** Rings once. `kind` 'visitor' is a second, higher bell for a new person. @param {{volume?: number, kind?: 'message'|'visitor'}} [options] */
export function ring({ volume = 0.5, kind = 'message' } = {}) {
  if (!volume || !navigator.userActivation?.hasBeenActive) return;
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') context.resume();
    const start = context.currentTime + 0.01;
    const notes = kind === 'visitor' ? [[784, 0], [1047, 0.12]] : [[659, 0], [880, 0.09]];
    for (const [pitch, delay] of notes) partial(context, pitch, start + delay, 0.12 * volume), partial(context, pitch * 2.76, start + delay, 0.03 * volume);
  } catch { /* no audio here: nothing depends on hearing */ }
}

const ALONE_MS = 4000;

/** Rings once for all tabs that hear of the same thing: the first to ask keeps the others quiet. @param {string} about */
export function ringOnce(about) {
  if (!navigator.userActivation?.hasBeenActive) return;
  if (!navigator.locks) { ring(); return; }
  navigator.locks.request(`deskbell-bell:${about}`, { ifAvailable: true }, (lock) => {
    if (!lock) return undefined;
    ring();
    return new Promise((done) => { setTimeout(done, ALONE_MS); });
  }).catch(() => ring());
}

/** @param {AudioContext} audio @param {number} pitch @param {number} at @param {number} level */
function partial(audio, pitch, at, level) {
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(level, at + 0.008);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.7);
  tone.connect(gain).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.75);
}
