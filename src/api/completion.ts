import type { SHELLS } from './operations/installation.ts';

type Shell = (typeof SHELLS)[number];

/**
 * Scripts that ask the program itself what may come next, so that they never grow stale: `tradewright __complete -- <words>` prints
 * one candidate a line, `\t` before what it means.
 */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# tradewright completion for bash
_tradewright() {
  local IFS=$'\\n'
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  local current="\${COMP_WORDS[COMP_CWORD]}"
  local candidates
  candidates=$(tradewright __complete -- "\${words[@]}" 2>/dev/null | cut -f1)
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _tradewright tradewright tw
`,
  zsh: `#compdef tradewright tw
# tradewright completion for zsh
_tradewright() {
  local -a candidates
  local line
  while IFS=$'\\t' read -r name about; do
    candidates+=("\${name//:/\\\\:}:\${about}")
  done < <(tradewright __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then _describe 'tradewright' candidates; else _files; fi
}
compdef _tradewright tradewright tw
`,
  fish: `# tradewright completion for fish
function __tradewright_complete
  set -l words (commandline -opc) (commandline -ct)
  tradewright __complete -- $words[2..-1] 2>/dev/null
end
complete -c tradewright -a '(__tradewright_complete)'
complete -c tw -a '(__tradewright_complete)'
`,
  pwsh: `# tradewright completion for PowerShell
Register-ArgumentCompleter -Native -CommandName tradewright, tw -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  tradewright __complete -- @words 2>$null | ForEach-Object {
    $name, $about = $_ -split "\`t", 2
    if ($name -like "$word*") {
      [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $(if ($about) { $about } else { $name }))
    }
  }
}
`,
};

export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}
