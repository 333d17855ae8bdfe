// Types for the vendored file, for `tsc --checkJs` only; the browser never loads this.
export type VNode = any;
export function h(type: any, props?: any, ...children: any[]): VNode;
export function html(strings: TemplateStringsArray, ...values: any[]): VNode;
export function render(vnode: any, parent: Element | ShadowRoot, replace?: Element): void;
export class Component<P = any, S = any> {
  constructor(props?: P);
  props: P; state: S; base?: Element;
  setState(state: Partial<S> | ((state: S) => Partial<S>), done?: () => void): void;
  forceUpdate(done?: () => void): void;
  render(props: P, state: S): any;
}
export function createContext<T>(value: T): { Provider: any; Consumer: any };
export function useState<T>(initial: T | (() => T)): [T, (next: T | ((now: T) => T)) => void];
export function useState<T = undefined>(): [T | undefined, (next: T | ((now: T | undefined) => T)) => void];
export function useReducer<S, A>(reducer: (state: S, action: A) => S, initial: S): [S, (action: A) => void];
export function useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;
export function useRef<T>(initial: T): { current: T };
export function useRef<T>(initial: null): { current: T | null };
export function useImperativeHandle(ref: any, create: () => any, inputs?: readonly unknown[]): void;
export function useMemo<T>(make: () => T, inputs?: readonly unknown[]): T;
export function useCallback<T extends (...args: any[]) => any>(fn: T, inputs?: readonly unknown[]): T;
export function useContext<T>(context: any): T;
export function useDebugValue(value: unknown): void;
export function useErrorBoundary(callback?: (error: any) => void): [any, () => void];
