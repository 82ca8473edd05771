import { dirname, relative, resolve, sep } from "node:path";

/**
 * The architecture, from the bottom up: what each part of `src` may import of the others. Whoever adds a part gives it a
 * line, and lets it import only what stands above that line. `version` and `packageFile`
 * are for everybody.
 */
export const MAY_IMPORT = {
  version: [],
  packageFile: [],
  protocol: [],
  charts: [],
  files: [],
  operators: ["protocol"],
  pipeline: ["protocol", "operators"],
  recordings: ["protocol", "operators", "pipeline"],
  testing: ["protocol", "operators", "pipeline", "recordings"],
  evaluation: ["protocol", "testing"],
  reports: ["protocol", "pipeline"],
  metrics: ["protocol", "reports"],
  transport: ["protocol", "operators", "pipeline", "recordings", "reports", "metrics", "files"],
  options: ["protocol", "operators", "transport", "files"],
  library: ["protocol", "operators", "pipeline", "transport", "options"],
  index: ["protocol", "operators", "pipeline", "reports", "transport", "options", "library"],
  service: ["files"],
  journal: ["protocol", "reports", "service", "files"],
  codex: ["protocol", "reports", "service", "files"],
  page: ["charts"],
  commands: [
    ...["protocol", "operators", "recordings", "testing", "evaluation", "reports", "transport", "options"],
    ...["service", "journal", "codex", "page", "charts", "files"],
  ],
  compileCache: ["service"],
  cli: ["commands", "compileCache"],
  codexcompw: ["commands", "compileCache", "service"],
};

const FOR_ALL = ["version", "packageFile"];

/** The part of `src` that a file belongs to: its folder there, or the name of a file that lies in `src` itself. */
function partOf(path, cwd) {
  const [part] = relative(resolve(cwd, "src"), path).split(sep);
  return part.replace(/\.[jt]s$/, "");
}

/** A lint rule: imports of any kind, also of types and at run time, follow {@link MAY_IMPORT}. */
const layers = {
  create(context) {
    const { cwd, filename } = context;
    const part = partOf(filename, cwd);
    const allowed = MAY_IMPORT[part];
    const check = ({ source }) => {
      if (!/^\.{1,2}\//.test(source?.value)) return;
      const other = partOf(resolve(dirname(filename), source.value), cwd);
      if (other === part || FOR_ALL.includes(other) || allowed?.includes(other)) return;
      const message = allowed
        ? `src/${part} may not import src/${other}: scripts/layers.mjs has what it may.`
        : `src/${part} has no line in scripts/layers.mjs.`;
      context.report({ node: source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

/** What oxlint loads. */
export default { meta: { name: "codexcomp" }, rules: { layers } };
