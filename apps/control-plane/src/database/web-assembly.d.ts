// Node has WebAssembly; its types come with the DOM's, which do not belong here.
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{
    readonly instance: {
      readonly exports: Record<string, unknown> & { readonly __wbindgen_start: () => void };
    };
  }>;
}
