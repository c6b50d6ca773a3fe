/** Outputs of nvidia-smi as machines print them: `query` with, `oldQuery` without the field mig.mode.current. */
export interface RecordedMachine {
  readonly what: string;
  readonly query: string;
  readonly list?: string;
}

export const h100: RecordedMachine = {
  what: "two H100 of eight, MIG off",
  query: `0, GPU-5b1ccc84-a2fd-5a35-8fd5-6c0a1c0a2e11, NVIDIA H100 80GB HBM3, 81559, 1024, 37, Disabled
1, GPU-0e7bd6d1-19d8-1a41-6b5b-1a7ea1b0a1f2, NVIDIA H100 80GB HBM3, 81559, 0, 0, Disabled
`,
};

export const a100Cut: RecordedMachine = {
  what: "an A100 cut into three parts beside a whole one",
  query: `0, GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77, NVIDIA A100-SXM4-40GB, 40960, 24, [N/A], Enabled
1, GPU-aa1e2a9b-9d6c-4a77-b3c4-5a4d2b8a7c31, NVIDIA A100-SXM4-40GB, 40960, 1, 0, Disabled
`,
  list: `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
  MIG 3g.20gb     Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
  MIG 1g.5gb      Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
  MIG 1g.5gb+me   Device  2: (UUID: MIG-1e7c2a7c-7d0c-5a3b-8b0e-2d7c9f1a6e55)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-aa1e2a9b-9d6c-4a77-b3c4-5a4d2b8a7c31)
`,
};

export const oldMig: RecordedMachine = {
  what: "MIG UUIDs as drivers before 470 wrote them",
  query: "0, GPU-b8ea3855-276c-c9cb-b366-c6fa655957c5, A100-SXM4-40GB, 40536, 0, [N/A], Enabled\n",
  list: `GPU 0: A100-SXM4-40GB (UUID: GPU-b8ea3855-276c-c9cb-b366-c6fa655957c5)
  MIG 1g.5gb Device 0: (UUID: MIG-GPU-b8ea3855-276c-c9cb-b366-c6fa655957c5/7/0)
`,
};

export const uncut: RecordedMachine = {
  what: "MIG switched on and nothing cut yet",
  query: "0, GPU-11111111-2222-3333-4444-555555555555, NVIDIA H200, 143771, 0, [N/A], Enabled\n",
  list: "GPU 0: NVIDIA H200 (UUID: GPU-11111111-2222-3333-4444-555555555555)\n",
};

export const small: RecordedMachine = {
  what: "models that know no MIG",
  query: `0, GPU-3f1c44c0-7a34-a1b7-93d6-2f1de9f2a001, Tesla T4, 15360, 2, 0, [N/A]
1, GPU-62d0b5ab-7fa2-d2c5-1a0f-65f0d4a1f002, NVIDIA L4, 23034, 512, 12, [N/A]
2, GPU-7d1f8e0a-11cc-42d5-a9a3-33d1f0aaf003, NVIDIA GeForce RTX 4090, 24564, 1391, 3, [N/A]
`,
};

export const shared: RecordedMachine = {
  what: "a GPU whose memory is the machine's, and one whose driver tells little",
  query: `0, GPU-9c8b7a65-4321-4fed-a987-6543210fedcb, NVIDIA GB10, [N/A], [N/A], 4, [N/A]
1, GPU-77, GRID T4-4Q, 4096, [Not Supported], [Not Supported], [Not Supported]
`,
};
