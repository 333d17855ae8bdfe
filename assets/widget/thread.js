// The scrolling area of a conversation. The scroll position is sacred: new messages move it only for a reader who is
// at the end; older ones coming in above leave what is read exactly where it is.

import { Component, html } from '../vendor/preact.js';

const NEAR_PX = 60;
const ASK_PX = 200;

/** Props: `first` key of the oldest row, `last` key of the newest, `mine` newest is one's own, `onOlder`, `onBottom(at)`, `children`, `label`, `fromTop` a form is in it, which is read from its beginning. */
export class Thread extends Component {
  /** @param {any} props */
  constructor(props) {
    super(props);
    this.atEnd = true;
    /** @type {any} */ this.box = null;
    /** @type {any} */ this.inner = null;
    this.onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = this.box;
      const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      if (atEnd !== this.atEnd) { this.atEnd = atEnd; this.props.onEnd(atEnd); }
      if (scrollTop < ASK_PX) this.props.onOlder();
    };
    /** @param {boolean} [smooth] */
    this.toEnd = (smooth) => { if (this.box) this.box.scrollTo({ top: this.box.scrollHeight, behavior: smooth ? 'smooth' : 'auto' }); };
  }

  componentDidMount() {
    this.toEnd();
    // Pictures that load and a composer that grows change heights without a render.
    this.watch = new ResizeObserver(() => { if (this.atEnd && !this.props.fromTop) this.toEnd(); });
    this.watch.observe(this.box);
    this.watch.observe(this.inner);
  }

  componentWillUnmount() { this.watch?.disconnect(); }

  /** @param {any} before */
  getSnapshotBeforeUpdate(before) {
    return this.box ? { height: this.box.scrollHeight, top: this.box.scrollTop, prepended: before.first !== this.props.first && before.last === this.props.last, grew: before.last !== this.props.last } : null;
  }

  /** @param {any} _ @param {any} __ @param {any} was */
  componentDidUpdate(_, __, was) {
    if (!was) return;
    if (was.grew && this.props.mine) { this.atEnd = true; this.props.onEnd(true); this.toEnd(); } else if (this.props.fromTop) this.box.scrollTop = was.top; else if (this.atEnd) this.toEnd();
    else if (was.prepended) this.box.scrollTop = was.top + this.box.scrollHeight - was.height;
  }

  /** @param {any} props */
  render(props) {
    return html`<div class="thread" ref=${(/** @type {any} */ box) => { this.box = box; }} onScroll=${this.onScroll} tabindex="0" role="region" aria-label=${props.label}>
      <div class="thread-inner" ref=${(/** @type {any} */ inner) => { this.inner = inner; }}>${props.children}</div></div>`;
  }
}
