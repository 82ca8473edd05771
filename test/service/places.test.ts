import { describe, expect, it } from "vitest";
import { configFolder, homeFolder, logFile, stateFolder } from "../../src/service/places.js";

describe("on Windows", () => {
  const env = {
    HOME: "/c/Users/ada",
    USERPROFILE: "C:\\Users\\ada",
    LOCALAPPDATA: "D:\\Local",
    APPDATA: "D:\\Roaming",
    XDG_STATE_HOME: "/c/state",
  };

  it("things are where Windows has them", () => {
    expect(homeFolder(env, "win32")).toBe("C:\\Users\\ada");
    expect(stateFolder(env, "win32")).toBe("D:\\Local\\codexcomp");
    expect(configFolder(env, "win32")).toBe("D:\\Roaming\\codexcomp");
    expect(logFile(env, "win32")).toBe("D:\\Local\\codexcomp\\codexcomp.log");
  });

  it("and in the profile where no variable says so", () => {
    const bare = { USERPROFILE: "C:\\Users\\ada", LOCALAPPDATA: "" };
    expect(stateFolder(bare, "win32")).toBe("C:\\Users\\ada\\AppData\\Local\\codexcomp");
    expect(configFolder(bare, "win32")).toBe("C:\\Users\\ada\\AppData\\Roaming\\codexcomp");
  });
});

describe.each(["linux", "darwin"] as const)("on %s", (platform) => {
  it.skipIf(process.platform === "win32")("the XDG folders count, and nothing of Windows", () => {
    const env = {
      HOME: "/home/ada",
      USERPROFILE: "C:\\x",
      LOCALAPPDATA: "C:\\Local",
      APPDATA: "C:\\Roaming",
    };
    expect(homeFolder(env, platform)).toBe("/home/ada");
    expect(logFile(env, platform)).toBe("/home/ada/.local/state/codexcomp/codexcomp.log");
    expect(configFolder(env, platform)).toBe("/home/ada/.config/codexcomp");
    expect(stateFolder({ ...env, XDG_STATE_HOME: "/s" }, platform)).toBe("/s/codexcomp");
    expect(stateFolder({ ...env, XDG_STATE_HOME: "relative" }, platform)).toBe(
      "/home/ada/.local/state/codexcomp",
    );
  });
});
