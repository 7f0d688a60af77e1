# A derivation whose result is a pre-initialized WebAssembly module: nothing but the command runs, without a shell or an environment.
#
#   pre-initialize = import ./pre-initialize.nix { wizer = "${pkgs.callPackage ./wizer.nix { binary = ./wizer; }}/bin/wizer"; };
#   app = pre-initialize { name = "app.wasm"; src = ./app.wasm; allowWasi = true; mapDirs = { conf = ./conf; }; };
{
  wizer,
  system ? builtins.currentSystem,
}:

{
  name,
  src,
  initFunc ? null,
  allowWasi ? false,
  mapDirs ? { },
  preloads ? { },
  options ? [ ],
}:

derivation {
  inherit name system;
  builder = wizer;
  args = [
    "--deterministic"
    "-o"
    (placeholder "out")
  ]
  ++ (if initFunc == null then [ ] else [ "--init-func=${initFunc}" ])
  ++ (if allowWasi then [ "--allow-wasi" ] else [ ])
  ++ map (guest: "--mapdir=${guest}::${mapDirs.${guest}}") (builtins.attrNames mapDirs)
  ++ map (module: "--preload=${module}=${preloads.${module}}") (builtins.attrNames preloads)
  ++ options
  ++ [
    "--"
    "${src}"
  ];
}
