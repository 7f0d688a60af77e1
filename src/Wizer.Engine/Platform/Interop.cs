// Every native signature of this assembly is blittable, so calls need no generated marshalling: this is what allows them to be
// precompiled instead of being compiled at the first call.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
