/** `--use`: wherever turns go through the pipeline, they can go through users' operators. */
export const useFlag = {
  type: "string",
  value: "PATH",
  repeatable: true,
  completes: "file",
  describes: "a module with an operator of your own",
} as const;
