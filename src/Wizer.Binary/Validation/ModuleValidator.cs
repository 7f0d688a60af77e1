namespace Wizer.Binary;

/// <summary>Says whether a module is valid. Core 3.0, Validation: Modules.</summary>
public static class ModuleValidator
{
}
