// The bytes of what comes from Python, whatever a host hands out for it; none where nothing came.
export const bytesOf = (data) => new Uint8Array(data?.buffer ?? data ?? new ArrayBuffer(0), data?.byteOffset ?? 0, data?.byteLength ?? 0);
