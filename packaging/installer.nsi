; The installer for Windows: for one user, without administrator rights.
;
; makensis -DVERSION=… -DVERSION_NUMBERS=… -DSOURCE=… -DOUTPUT=… -DICON=… -DAPP_ID=… -DLICENCE=… installer.nsi
; is what `packaging/build.py installer` calls. Silently: /S, with /D=C:\Folder as the last word, or "/D=C:\Folder"
; anywhere, for another folder, /NODESKTOP without the shortcut on the desktop. The uninstaller knows /S and
; /DELETEDATA; /MOVED is told to that of another folder, out of which the program has moved.
;
; Exit codes: 0 done, 1 cancelled, 2 it could not be done; silently the reason is in the file that /LOG=… names.

Unicode true
Target amd64-unicode
ManifestSupportedOS Win10
ManifestDPIAware true
ManifestLongPathAware true
RequestExecutionLevel user
!ifdef QUICK
  ; Larger, for trials.
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
!ifdef SIGN_COMMAND
  !uninstfinalize '${SIGN_COMMAND}' = 0
!endif

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

!define PRODUCT "Render Manager"
!define PROGRAM "render-manager"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\RenderManager"
!define CAPABILITIES "Software\RenderManager\Capabilities"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define SCENE_ID "RenderManager.Scene"
!define OLDEST_BUILD 17763
; Folders in $INSTDIR, there only while it is installed.
!define NEW "_setup-new"
!define OLD "_setup-old"
; For how long a scanner or an index may hold a file: quarters of a second.
!define MOST_TRIES 60

Name "${PRODUCT}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${PRODUCT}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${PRODUCT} ${VERSION}"
SetOverwrite on
AllowSkipFiles off

VIProductVersion "${VERSION_NUMBERS}"
VIFileVersion "${VERSION_NUMBERS}"
VIAddVersionKey "ProductName" "${PRODUCT}"
VIAddVersionKey "CompanyName" "${PRODUCT}"
VIAddVersionKey "FileDescription" "${PRODUCT} Setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT License"

; What the first page needs stands first in the packed files: else all of them are unpacked before it is shown.
ReserveFile /plugin System.dll
ReserveFile /plugin LangDLL.dll
ReserveFile /plugin nsDialogs.dll
ReserveFile /plugin nsExec.dll
ReserveFile "installer-side.bmp"

Var LogFile
Var WasRunning
Var DeletesData
Var DataBox

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_LANGDLL_REGISTRY_ROOT HKCU
!define MUI_LANGDLL_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MUI_LANGDLL_REGISTRY_VALUENAME "InstallerLanguage"
!define MUI_LICENSEPAGE_BUTTON "$(AGREE)"
!define MUI_WELCOMEFINISHPAGE_BITMAP "installer-side.bmp"
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram

!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!define MUI_COMPONENTSPAGE_SMALLDESC
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
UninstPage custom un.AskForData un.TakeAnswer
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
!include "installer-texts.nsh"

; Writes a line into the list of what is done, and into the log of a silent installation.
!macro Tell TEXT
  DetailPrint "${TEXT}"
  ${If} $LogFile != ""
    FileOpen $R9 "$LogFile" a
    FileSeek $R9 0 END
    FileWriteUTF16LE $R9 "${TEXT}$\r$\n"
    FileClose $R9
  ${EndIf}
!macroend
!define Tell "!insertmacro Tell"

; Ends with a sentence, in a box or silently in the log.
!macro GiveUp TEXT
  ${Tell} "${TEXT}"
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend
!define GiveUp "!insertmacro GiveUp"

; Looks for the argument in $R1, such as /LOG=: $R3 is 1 if it is there, and $R2 what follows it to the end of the
; word. Quotation marks may stand around the word or around what follows; GetOptions of NSIS sees only the latter,
; and takes a slash or an apostrophe in a path for more than that.
!macro ReadOption UN
Function ${UN}ReadOption
  ${GetParameters} $R0
  StrLen $R4 $R1
  StrCpy $R2 ""
  StrCpy $R3 0
  StrCpy $R5 0
  StrCpy $R6 " "
  ${Do}
    StrCpy $R7 $R0 $R4 $R5
    ${If} $R7 == ""
      Return
    ${EndIf}
    ${If} $R7 == $R1
      ${If} $R6 == " "
      ${OrIf} $R6 == '"'
        ${ExitDo}
      ${EndIf}
    ${EndIf}
    StrCpy $R6 $R0 1 $R5
    IntOp $R5 $R5 + 1
  ${Loop}
  IntOp $R5 $R5 + $R4
  StrCpy $R2 $R0 "" $R5
  StrCpy $R7 $R2 1
  ${If} $R6 == " "
  ${AndIf} $R7 == '"'
    StrCpy $R6 '"'
    StrCpy $R2 $R2 "" 1
  ${EndIf}
  StrCpy $R5 0
  ${Do}
    StrCpy $R7 $R2 1 $R5
    ${If} $R7 == ""
    ${OrIf} $R7 == $R6
      ${ExitDo}
    ${EndIf}
    IntOp $R5 $R5 + 1
  ${Loop}
  StrCpy $R2 $R2 $R5
  StrCpy $R3 1
FunctionEnd
!macroend
!insertmacro ReadOption ""
!insertmacro ReadOption "un."

!macro ReadLogOption UN
  StrCpy $R1 "/LOG="
  Call ${UN}ReadOption
  StrCpy $LogFile $R2
!macroend

; Two installers at a time would write the same files.
!macro AllowOneOnly
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "RenderManagerSetup") p .r1 ?e'
  Pop $R0
  ${If} $R0 = 183
    ${GiveUp} "$(SETUP_IS_RUNNING)"
  ${EndIf}
!macroend

; $R0 is 1 while a program of ours in $INSTDIR is running, whose file cannot be written then; $R1 is 1 if the one
; with the window is.
!macro LookWhetherRunning UN
Function ${UN}LookWhetherRunning
  StrCpy $R2 "$INSTDIR\${PROGRAM}.exe"
  Call ${UN}LookWhetherHeld
  StrCpy $R1 $R0
  StrCpy $R2 "$INSTDIR\${PROGRAM}-cli.exe"
  Call ${UN}LookWhetherHeld
  IntOp $R0 $R0 | $R1
FunctionEnd

; $R0 is 1 if the file in $R2 is there and cannot be written.
Function ${UN}LookWhetherHeld
  StrCpy $R0 0
  ${If} ${FileExists} $R2
    ClearErrors
    FileOpen $R3 $R2 a
    ${If} ${Errors}
      StrCpy $R0 1
    ${Else}
      FileClose $R3
    ${EndIf}
  ${EndIf}
FunctionEnd

; Has running programs close in an orderly way; $R0 is 0 when none is running any more, 1 if one is, 2 if the user
; would rather not.
Function ${UN}EndRunning
  Call ${UN}LookWhetherRunning
  ${If} $R0 = 0
    Return
  ${EndIf}
  StrCpy $WasRunning $R1
  ${If} ${Cmd} `MessageBox MB_OKCANCEL|MB_ICONINFORMATION "$(PROGRAM_IS_RUNNING)" /SD IDOK IDCANCEL`
    StrCpy $R0 2
    Return
  ${EndIf}
  ${Do}
    ${Tell} "$(CLOSES_PROGRAM)"
    nsExec::ExecToLog /TIMEOUT=120000 '"$INSTDIR\${PROGRAM}-cli.exe" quit --timeout 60'
    Pop $R4
    StrCpy $R4 0
    ${Do}
      Call ${UN}LookWhetherRunning
      ${If} $R0 = 0
        Return
      ${EndIf}
      ; The system lets go of a program's file a moment after it has ended.
      Sleep 250
      IntOp $R4 $R4 + 1
    ${LoopUntil} $R4 >= 40
    StrCpy $R0 1
  ${LoopWhile} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(PROGRAM_STAYS)" /SD IDCANCEL IDRETRY`
FunctionEnd
!macroend
!insertmacro LookWhetherRunning ""
!insertmacro LookWhetherRunning "un."

; Makes a shortcut whose task bar button, pins and notifications are the program's own.
; $R0: where it goes. Without the identity it works as well, so failures are not told.
Function MakeShortcut
  CreateShortcut "$R0" "$INSTDIR\${PROGRAM}.exe" "" "$INSTDIR\${PROGRAM}.exe" 0
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Load} $1 '("$R0", 2)'
      ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
      ${If} $2 P<> 0
        System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r3'
        System::Call '*(&w128 "${APP_ID}")p.r5'
        System::Call '*(&i2 ${VT_LPWSTR},&i6 0,p r5,p 0)p.r4'
        ${IPropertyStore::SetValue} $2 '($3,$4)'
        ${IPropertyStore::Commit} $2 ""
        System::Free $5
        System::Free $4
        System::Free $3
        ${IUnknown::Release} $2 ""
      ${EndIf}
      ${IPersistFile::Save} $1 '("$R0", 1)'
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
FunctionEnd

; Offers the program for a kind of file. Whichever program opens it by default stays the one that does.
!macro OfferFor ENDING
  WriteRegNone HKCU "Software\Classes\${ENDING}\OpenWithProgids" "${SCENE_ID}"
  WriteRegStr HKCU "Software\Classes\Applications\${PROGRAM}.exe\SupportedTypes" "${ENDING}" ""
  WriteRegStr HKCU "${CAPABILITIES}\FileAssociations" "${ENDING}" "${SCENE_ID}"
!macroend

!macro OfferNoMoreFor ENDING
  DeleteRegValue HKCU "Software\Classes\${ENDING}\OpenWithProgids" "${SCENE_ID}"
  DeleteRegKey /ifempty HKCU "Software\Classes\${ENDING}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\${ENDING}"
!macroend

; The new files go beside the old ones first: what is interrupted or finds the disk full leaves a whole program, and
; one that is running closes for moments only.
Section "!$(PROGRAM_SECTION)" ProgramSection
  SectionIn RO
  SetShellVarContext current
  SetRegView 64
  Call LookAtFolder
  ${If} $R0 = 1
    ${GiveUp} "$(FOLDER_IS_TAKEN)"
  ${EndIf}
  ${Tell} "$(COPIES_FILES)"
  RMDir /r "$INSTDIR\${NEW}"
  ClearErrors
  SetOutPath "$INSTDIR\${NEW}"
  ${If} ${Errors}
    Call TakeNewAway
    ${GiveUp} "$(CANNOT_WRITE)"
  ${EndIf}
  ; When one cannot be written NSIS stops by itself: see .onInstFailed.
  File /r "${SOURCE}\*.*"
  SetOutPath "$INSTDIR"
  Call EndRunning
  ${If} $R0 = 2
    Call TakeNewAway
    SetErrorLevel 1
    Quit
  ${ElseIf} $R0 = 1
    Call TakeNewAway
    ${GiveUp} "$(PROGRAM_STAYS)"
  ${EndIf}
  Call PutInPlace
  ${If} $R0 = 1
    Call TakeNewAway
    ${GiveUp} "$(IN_USE)"
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  Call RemoveElsewhere
  RMDir /r "$INSTDIR\${NEW}"
  RMDir /r "$INSTDIR\${OLD}"
  Call WriteKeys
  CreateDirectory "$SMPROGRAMS"
  StrCpy $R0 "$SMPROGRAMS\${PRODUCT}.lnk"
  Call MakeShortcut
SectionEnd

Section "$(DESKTOP_SECTION)" DesktopSection
  SetShellVarContext current
  StrCpy $R0 "$DESKTOP\${PRODUCT}.lnk"
  Call MakeShortcut
SectionEnd

Section "$(FILES_SECTION)" FilesSection
  SetRegView 64
  !insertmacro OfferFor ".blend"
  !insertmacro OfferFor ".ma"
  !insertmacro OfferFor ".mb"
  !insertmacro OfferFor ".uproject"
  WriteRegStr HKCU "Software\RegisteredApplications" "${PRODUCT}" "${CAPABILITIES}"
SectionEnd

Section "-Finish"
  ; Explorer is told that there is a new program for these files.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${Tell} "$(IS_INSTALLED)"
  ${If} ${Silent}
  ${AndIf} $WasRunning = 1
    Call StartProgram
  ${EndIf}
SectionEnd

Function .onInit
  !insertmacro ReadLogOption ""
  StrCpy $WasRunning 0
  SetShellVarContext current
  SetRegView 64
  ${IfNot} ${RunningX64}
    ${GiveUp} "$(NEEDS_64_BIT)"
  ${EndIf}
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    ${GiveUp} "$(NEEDS_WINDOWS_10)"
  ${EndIf}
  !insertmacro AllowOneOnly
  ; What has quotation marks around it NSIS does not see.
  StrCpy $R1 "/D="
  Call ReadOption
  ${If} $R2 != ""
    StrCpy $INSTDIR $R2
  ${EndIf}
  Call ChooseDesktop
  !insertmacro MUI_LANGDLL_DISPLAY
FunctionEnd

; Whoever has deleted the shortcut on the desktop does not get it again with every upgrade.
Function ChooseDesktop
  StrCpy $R1 "/NODESKTOP"
  Call ReadOption
  ReadRegStr $R1 HKCU "${UNINSTALL_KEY}" "DisplayVersion"
  ${If} $R1 != ""
  ${AndIfNot} ${FileExists} "$DESKTOP\${PRODUCT}.lnk"
    StrCpy $R3 1
  ${EndIf}
  ${If} $R3 = 1
    SectionSetFlags ${DesktopSection} 0
  ${EndIf}
FunctionEnd

; Everything that is put into $INSTDIR, but for the uninstaller.
!macro ForEachPart DO
  !insertmacro ${DO} "_internal"
  !insertmacro ${DO} "${PROGRAM}.exe"
  !insertmacro ${DO} "${PROGRAM}-cli.exe"
  !insertmacro ${DO} "LICENSE"
  !insertmacro ${DO} "THIRD-PARTY-NOTICES.txt"
!macroend

!macro LookFor NAME
  ${If} ${FileExists} "$INSTDIR\${NAME}"
    StrCpy $R0 1
  ${EndIf}
!macroend

; $R0 is 1 if $INSTDIR holds files of another program under the names of ours: upgrading and removing ours would take
; them for its own.
Function LookAtFolder
  StrCpy $R0 0
  ; Ours, too, when a virus scanner took some of it: installing again repairs it.
  ReadRegStr $R1 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $R1 == $INSTDIR
  ${OrIf} ${FileExists} "$INSTDIR\${PROGRAM}.exe"
  ${OrIf} ${FileExists} "$INSTDIR\${PROGRAM}-cli.exe"
  ${OrIf} ${FileExists} "$INSTDIR\${NEW}"
  ${OrIf} ${FileExists} "$INSTDIR\${OLD}"
    Return
  ${EndIf}
  !insertmacro ForEachPart LookFor
  !insertmacro LookFor "uninstall.exe"
FunctionEnd

Function CheckFolder
  Call LookAtFolder
  ${If} $R0 = 1
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(FOLDER_IS_TAKEN)"
    Abort
  ${EndIf}
FunctionEnd

; Files could not be written, and NSIS has stopped.
Function .onInstFailed
  Call TakeNewAway
  ${Tell} "$(CANNOT_WRITE)"
FunctionEnd

; Leaves $INSTDIR as it was. Silently, a program that was closed in vain is started again.
Function TakeNewAway
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\${NEW}"
  RMDir "$INSTDIR"
  ${If} ${Silent}
  ${AndIf} $WasRunning = 1
    Call LookWhetherRunning
    ${If} $R1 = 0
      Call StartProgram
    ${EndIf}
  ${EndIf}
FunctionEnd

!macro MoveOut NAME
  ${If} $R0 = 0
  ${AndIf} ${FileExists} "$INSTDIR\${NAME}"
    StrCpy $R1 "$INSTDIR\${NAME}"
    StrCpy $R2 "$INSTDIR\${OLD}\${NAME}"
    Call Move
  ${EndIf}
!macroend

!macro MoveIn NAME
  ${If} $R0 = 0
  ${AndIf} ${FileExists} "$INSTDIR\${NEW}\${NAME}"
    StrCpy $R1 "$INSTDIR\${NEW}\${NAME}"
    StrCpy $R2 "$INSTDIR\${NAME}"
    Call Move
  ${EndIf}
!macroend

!macro MoveInBack NAME
  Rename "$INSTDIR\${NAME}" "$INSTDIR\${NEW}\${NAME}"
!macroend

!macro MoveOutBack NAME
  Rename "$INSTDIR\${OLD}\${NAME}" "$INSTDIR\${NAME}"
!macroend

; Replaces what is in $INSTDIR by what is in ${NEW}. Renaming takes a moment, or does not happen: then everything is
; put back, and $R0 is 1. What was there is in ${OLD} afterwards.
Function PutInPlace
  StrCpy $R0 0
  RMDir /r "$INSTDIR\${OLD}"
  CreateDirectory "$INSTDIR\${OLD}"
  !insertmacro ForEachPart MoveOut
  ${If} $R0 = 0
    !insertmacro ForEachPart MoveIn
    ${If} $R0 = 1
      !insertmacro ForEachPart MoveInBack
    ${EndIf}
  ${EndIf}
  ${If} $R0 = 1
    !insertmacro ForEachPart MoveOutBack
    RMDir "$INSTDIR\${OLD}"
  ${EndIf}
FunctionEnd

; Renames $R1 to $R2; $R0 is 1 if that cannot be done. A folder cannot be renamed while anything in it is open, and
; virus scanners open what has just been written.
Function Move
  StrCpy $R3 0
  ${Do}
    ClearErrors
    Rename $R1 $R2
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    Sleep 250
    IntOp $R3 $R3 + 1
  ${LoopUntil} $R3 >= ${MOST_TRIES}
  StrCpy $R0 1
FunctionEnd

; Removes the program from the folder that it was in before, if that was another one.
Function RemoveElsewhere
  ReadRegStr $R1 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $R1 == ""
  ${OrIfNot} ${FileExists} "$R1\uninstall.exe"
  ; This one, maybe by another name.
  ${OrIf} ${FileExists} "$R1\${NEW}"
    Return
  ${EndIf}
  ClearErrors
  ; It cannot go on in a copy of itself, which nobody could wait for, and so does not delete itself.
  ExecWait '"$R1\uninstall.exe" /S /MOVED _?=$R1' $R2
  ${If} ${Errors}
  ${OrIf} $R2 <> 0
    ${Tell} "$(OTHER_STAYS)"
    Return
  ${EndIf}
  Delete "$R1\uninstall.exe"
  RMDir "$R1"
FunctionEnd

Function WriteKeys
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}" "" "$(SCENE)"
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}\DefaultIcon" "" '"$INSTDIR\${PROGRAM}.exe",0'
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}\shell\open" "FriendlyAppName" "${PRODUCT}"
  WriteRegStr HKCU "Software\Classes\${SCENE_ID}\shell\open\command" "" '"$INSTDIR\${PROGRAM}.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\Applications\${PROGRAM}.exe" "FriendlyAppName" "${PRODUCT}"
  WriteRegStr HKCU "Software\Classes\Applications\${PROGRAM}.exe\shell\open\command" "" '"$INSTDIR\${PROGRAM}.exe" "%1"'
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "${PRODUCT}"
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationDescription" "$(DESCRIPTION)"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${PRODUCT}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PRODUCT}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" '"$INSTDIR\${PROGRAM}.exe",0'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $R0 $R1 $R2
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $R0
FunctionEnd

; In the user's own folder: its current one would be the installer's, and could not be deleted while it runs.
Function StartProgram
  SetOutPath "$PROFILE"
  ExecShell "open" "$INSTDIR\${PROGRAM}.exe"
FunctionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${ProgramSection} $(PROGRAM_SECTION_TEXT)
  !insertmacro MUI_DESCRIPTION_TEXT ${DesktopSection} $(DESKTOP_SECTION_TEXT)
  !insertmacro MUI_DESCRIPTION_TEXT ${FilesSection} $(FILES_SECTION_TEXT)
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function un.onInit
  !insertmacro ReadLogOption "un."
  SetShellVarContext current
  SetRegView 64
  StrCpy $R1 "/MOVED"
  Call un.ReadOption
  ${If} $R3 = 0
    !insertmacro AllowOneOnly
  ${EndIf}
  StrCpy $R1 "/DELETEDATA"
  Call un.ReadOption
  StrCpy $DeletesData $R3
  !insertmacro MUI_UNGETLANGUAGE
FunctionEnd

Function un.AskForData
  !insertmacro MUI_HEADER_TEXT "$(DATA_TITLE)" "$(DATA_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $R0
  ${NSD_CreateLabel} 0 0 100% 36u "$(DATA_TEXT)"
  Pop $R0
  ${NSD_CreateCheckbox} 0 44u 100% 24u "$(DATA_BOX)"
  Pop $DataBox
  nsDialogs::Show
FunctionEnd

Function un.TakeAnswer
  ${NSD_GetState} $DataBox $R0
  ${If} $R0 = ${BST_CHECKED}
    StrCpy $DeletesData 1
  ${Else}
    StrCpy $DeletesData 0
  ${EndIf}
FunctionEnd

; Takes away our values of the Run key: one for each set of data that starts with the computer.
Function un.DropAutostart
  StrCpy $R0 0
  ${Do}
    ClearErrors
    EnumRegValue $R1 HKCU "${RUN_KEY}" $R0
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    ReadRegStr $R2 HKCU "${RUN_KEY}" $R1
    StrLen $R3 "$INSTDIR\"
    StrCpy $R4 $R2 $R3 1
    StrCpy $R5 $R2 $R3
    ${If} $R4 == "$INSTDIR\"
    ${OrIf} $R5 == "$INSTDIR\"
      DeleteRegValue HKCU "${RUN_KEY}" $R1
    ${Else}
      IntOp $R0 $R0 + 1
    ${EndIf}
  ${Loop}
FunctionEnd

; Deletes what was installed and nothing else: the folder may be one that holds other things as well.
Function un.DeleteFiles
  StrCpy $R1 0
  ${Do}
    RMDir /r "$INSTDIR\_internal"
    RMDir /r "$INSTDIR\${NEW}"
    RMDir /r "$INSTDIR\${OLD}"
    Delete "$INSTDIR\${PROGRAM}.exe"
    Delete "$INSTDIR\${PROGRAM}-cli.exe"
    Delete "$INSTDIR\LICENSE"
    Delete "$INSTDIR\THIRD-PARTY-NOTICES.txt"
    StrCpy $R0 0
    !insertmacro ForEachPart LookFor
    ${If} $R0 = 0
      ${ExitDo}
    ${EndIf}
    Sleep 250
    IntOp $R1 $R1 + 1
  ${LoopUntil} $R1 >= ${MOST_TRIES}
  ${If} $R0 = 1
    ${Tell} "$(FILES_REMAIN)"
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(FILES_REMAIN)" /SD IDOK
    SetErrorLevel 2
  ${EndIf}
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
FunctionEnd

Section "Uninstall"
  SetShellVarContext current
  SetRegView 64
  Call un.EndRunning
  ${If} $R0 = 2
    SetErrorLevel 1
    Quit
  ${ElseIf} $R0 = 1
    ${GiveUp} "$(PROGRAM_STAYS)"
  ${EndIf}
  SetOutPath "$TEMP"
  Call un.DeleteFiles
  Delete "$SMPROGRAMS\${PRODUCT}.lnk"
  Delete "$DESKTOP\${PRODUCT}.lnk"
  !insertmacro OfferNoMoreFor ".blend"
  !insertmacro OfferNoMoreFor ".ma"
  !insertmacro OfferNoMoreFor ".mb"
  !insertmacro OfferNoMoreFor ".uproject"
  DeleteRegKey HKCU "Software\Classes\${SCENE_ID}"
  DeleteRegKey HKCU "Software\Classes\Applications\${PROGRAM}.exe"
  DeleteRegValue HKCU "Software\RegisteredApplications" "${PRODUCT}"
  DeleteRegKey HKCU "Software\RenderManager"
  Call un.DropAutostart
  ${If} $DeletesData = 1
    RMDir /r "$LOCALAPPDATA\RenderManager"
  ${EndIf}
  ; The last of all: it is in Windows' list until everything is done.
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${Tell} "$(IS_REMOVED)"
SectionEnd
