namespace Wizer.Cli;

/// <summary>Who to be at a server, from the file that curl and others read: <c>~/.netrc</c>, or what <c>NETRC</c> names.</summary>
internal static class NetRc
{
    private static readonly char[] s_blanks = [' ', '\t', '\r', '\n'];

    /// <summary>The name and the password for a host, with a colon between them; null when there are none.</summary>
    public static string? Find(string host)
    {
        string? path = HostVariables.Get("NETRC");
        if (string.IsNullOrEmpty(path))
        {
            string? home = HostVariables.Get("HOME") ?? HostVariables.Get("USERPROFILE");
            path = home is null ? null : Path.Combine(home, ".netrc");
        }

        try
        {
            return path is null || !File.Exists(path) ? null : Find(File.ReadAllText(path), host);
        }
        catch (Exception error) when (FileError.Is(error))
        {
            return null;
        }
    }

    /// <summary>The same from the text of such a file.</summary>
    public static string? Find(string text, string host)
    {
        string[] words = text.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        bool isHost = false;
        string? login = null;
        string? password = null;
        for (int i = 0; i < words.Length; i++)
        {
            string next = i + 1 < words.Length ? words[i + 1] : "";
            switch (words[i])
            {
                case "machine" or "default" when isHost && login is not null:
                    return $"{login}:{password}";
                case "machine":
                    isHost = string.Equals(next, host, StringComparison.OrdinalIgnoreCase);
                    (login, password, i) = (null, null, i + 1);
                    break;
                case "default":
                    isHost = true;
                    (login, password) = (null, null);
                    break;
                case "login":
                    (login, i) = (isHost ? next : login, i + 1);
                    break;
                case "password":
                    (password, i) = (isHost ? next : password, i + 1);
                    break;
                case "account":
                    i++;
                    break;
                case "macdef":
                    // Its lines end with an empty one, which is no word: what looks like a machine in it is not worth the care.
                    i++;
                    break;
            }
        }

        return isHost && login is not null ? $"{login}:{password}" : null;
    }
}
