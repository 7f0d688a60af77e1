# The native command as a package: the file that tools/publish-native makes, with the C library of nixpkgs.
#
#   wizer = pkgs.callPackage ./wizer.nix { binary = ./artifacts/native/wizer; };
{
  stdenv,
  autoPatchelfHook,
  binary,
}:

stdenv.mkDerivation {
  pname = "wizer";
  version = "0.1.0";
  src = binary;
  dontUnpack = true;
  nativeBuildInputs = [ autoPatchelfHook ];
  buildInputs = [ stdenv.cc.cc.lib ];
  installPhase = ''
    install -D -m 755 $src $out/bin/wizer
  '';
  doInstallCheck = true;
  installCheckPhase = ''
    $out/bin/wizer --version
  '';
  meta.mainProgram = "wizer";
}
